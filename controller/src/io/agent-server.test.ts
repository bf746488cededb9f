// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: an agent is refused, and ends, for what it said wrong and for nothing else. Method: server
 * and client of gRPC, with a loop that fails as an assertion about some other host would.
 */
import { strict as assert } from 'node:assert';
import { type TestContext, test } from 'node:test';
import {
  type ClientDuplexStream,
  credentials,
  Server,
  ServerCredentials,
  status,
} from '@grpc/grpc-js';
import {
  type AgentMessage,
  AgentService,
  type ControllerMessage,
  type LeaseId,
  NO_REIGN,
  PROTOCOL,
  readControllerMessages,
  writeAgentMessage,
} from '@labsweep/proto';
import type { SweepLoop } from '../sweep-loop.js';
import { hostNamed } from '../testing/lab-harness.js';
import { agentHandlers } from './agent-server.js';

const HELLO: AgentMessage = {
  kind: 'hello',
  hello: {
    protocol: PROTOCOL,
    session: 'session-a',
    instance: 'state-a',
    bootId: 'boot',
    startedAtMs: 0,
    acknowledgedSequence: 0,
    seen: NO_REIGN,
    host: hostNamed('host-a'),
    holding: [],
    unsettled: [],
  },
};
const ALIVE: AgentMessage = { kind: 'alive', spooled: 0, trouble: '' };

async function attach(context: TestContext, loop: Partial<SweepLoop>) {
  const notes: string[] = [];
  const server = new Server();
  server.addService(
    AgentService.service,
    agentHandlers(loop as SweepLoop, (text) => notes.push(text)) as never,
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const client = new AgentService(`127.0.0.1:${port}`, credentials.createInsecure());
  context.after(() => {
    client.close();
    server.forceShutdown();
  });
  const stream = client.Attach() as ClientDuplexStream<unknown, unknown>;
  const heard: ControllerMessage[] = [];
  stream.on('data', (wire: unknown) => heard.push(...readControllerMessages(wire)));
  const ended = new Promise<void>((resolve, reject) => {
    stream.on('end', resolve);
    stream.on('error', reject);
  });
  const say = (message: AgentMessage) => stream.write(writeAgentMessage(message));
  return { say, stream, heard, ended, notes };
}

const fail = (): never => assert.fail('host host-b has a lease already');

test('a defect that shows while an agent speaks is noted with its place, and the agent dials again', async (context) => {
  const detached: string[] = [];
  const loop = { hello: () => {}, message: fail, detached: (host: string) => detached.push(host) };
  const { say, heard, ended, notes, stream } = await attach(context, loop as never);
  say(HELLO);
  say(ALIVE);
  await ended;
  stream.end();
  assert.deepEqual(heard, [], 'it is not refused: what it said was right');
  assert.match(notes.join(), /defect in a message 'alive' of host-a: .*host-b has.* \| at .*fail/);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(detached, ['host-a']);
});

test('a defect that shows while an agent leaves ends no process', async (context) => {
  const { say, ended, notes, stream } = await attach(context, { hello: () => {}, detached: fail });
  say(HELLO);
  stream.end();
  await ended;
  assert.match(notes.join(), /defect in the end of a stream of host-a: .* \| at .*fail/);
});

test('an agent that has to wait hears why, and is not refused', async (context) => {
  const hello: SweepLoop['hello'] = (_, connection) => connection.close('the old one may live');
  const { say, heard, ended, stream } = await attach(context, { hello, detached: () => {} });
  say(HELLO);
  await assert.rejects(ended, { code: status.UNAVAILABLE, details: 'the old one may live' });
  stream.end();
  assert.deepEqual(heard, []);
});

test('what an agent is told at once comes in its order and in one message', async (context) => {
  let wires = 0;
  const hello: SweepLoop['hello'] = (_, connection) => {
    connection.send({ kind: 'settled', messageIds: ['a'] });
    connection.send({ kind: 'revoked', lease: 'l' as LeaseId, reason: 'r' });
    setTimeout(() => {
      connection.send({ kind: 'settled', messageIds: ['b'] });
      connection.close();
    }, 20);
  };
  const { say, heard, ended, stream } = await attach(context, { hello, detached: () => {} });
  stream.on('data', () => {
    wires += 1;
  });
  say(HELLO);
  await ended;
  assert.deepEqual(
    heard.map(({ kind }) => kind),
    ['settled', 'revoked', 'settled'],
  );
  assert.equal(wires, 2);
});

test('an agent that says what cannot be understood is refused with the reason', async (context) => {
  const { say, heard, ended } = await attach(context, {});
  say(ALIVE);
  await ended;
  const [refused] = heard;
  assert.ok(refused?.kind === 'refused');
  assert.match(refused.reason, /first message of a stream is hello, got alive/);
  const other = await attach(context, {});
  other.stream.write({});
  await other.ended;
  assert.deepEqual(
    other.heard.map(({ kind }) => kind),
    ['refused'],
  );
});
