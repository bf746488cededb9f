// SPDX-License-Identifier: Apache-2.0
/** Which of two agents that claim one machine id is the host. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type AgentHello, NO_REIGN, PROTOCOL } from '@labsweep/proto';
import { AgentRegistry, type Moment } from './agent-registry.js';
import { SILENT_MAX_MS } from './schedule/host-roster.js';
import { hostNamed } from './testing/lab-harness.js';

const hello = (session: string, instance: string): AgentHello => ({
  protocol: PROTOCOL,
  session,
  instance,
  bootId: 'boot',
  startedAtMs: 0,
  acknowledgedSequence: 0,
  seen: NO_REIGN,
  host: hostNamed('host-a'),
  holding: [],
  unsettled: [],
});

const at = (steadyMs: number): Moment => ({ steadyMs, unixMs: 1_000 + steadyMs });

class Stream {
  closed = false;
  send(): void {}
  close(): void {
    this.closed = true;
  }
}

const HOST = hostNamed('host-a').id;

test('The same agent, restarted or dialling anew, displaces its old session at once.', () => {
  const agents = new AgentRegistry();
  const [first, again, restarted] = [new Stream(), new Stream(), new Stream()];
  assert.equal(agents.attach(hello('one', 'state'), first, at(0)), undefined);
  assert.equal(agents.attach(hello('one', 'state'), again, at(1)), undefined);
  assert.equal(agents.attach(hello('two', 'state'), restarted, at(2)), undefined);
  assert.deepEqual([first.closed, again.closed, restarted.closed], [true, true, false]);
  assert.equal(agents.detach(HOST, first), false, 'the end of an old stream ends nothing');
  assert.ok(agents.isCurrent(HOST, restarted));
});

test('A second agent is refused by the name of the first, until that one is silent.', () => {
  const agents = new AgentRegistry();
  const [first, second] = [new Stream(), new Stream()];
  agents.attach(hello('one', 'state-1'), first, at(0));
  const reason = agents.attach(hello('two', 'state-2'), second, at(SILENT_MAX_MS));
  assert.match(reason ?? '', /^host-a \(machine id host-a\) is attached as session one since 1970/);
  assert.ok(!first.closed);
  assert.equal(agents.attach(hello('two', 'state-2'), second, at(SILENT_MAX_MS + 1)), undefined);
  assert.ok(first.closed);
});

test('A displaced session does not come back while the one that displaced it lives.', () => {
  const agents = new AgentRegistry();
  agents.attach(hello('one', 'state'), new Stream(), at(0));
  agents.attach(hello('two', 'state'), new Stream(), at(1));
  const reason = agents.attach(hello('one', 'state'), new Stream(), at(2));
  assert.match(reason ?? '', /session two .* has displaced this session/);
});

test('What an agent lists in its hello is not kept for as long as it is attached.', () => {
  const agents = new AgentRegistry();
  const unsettled = Array.from({ length: 20_000 }, (_, index) => `sweep/row/r${index}/old/a1/host`);
  const long = { ...hello('one', 'state'), unsettled };
  assert.equal(agents.attach(long, new Stream(), at(0)), undefined);
  const kept = agents.hello(HOST);
  assert.deepEqual([kept?.session, kept?.unsettled, kept?.holding], ['one', [], []]);
  assert.equal(agents.all()[0]?.spooled, unsettled.length);
});
