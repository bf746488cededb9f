// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: whatever the other side does, a command ends with an answer or an error that names it.
 * Method: real sockets, with this test in the place of QEMU; the last test has a real QEMU.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { runProcess } from './process.js';
import { openQmpDoor, type QmpDoor, QmpError } from './qmp-client.js';

const GREETING = '{"QMP": {"version": {}, "capabilities": []}}\n';
const LIMITS = { greetingMs: 5_000, answerMs: 300 };

let directory = '';
let door: QmpDoor;

beforeEach(async () => {
  // A directory whose path alone is longer than the name of a socket may be.
  directory = await mkdtemp(join(tmpdir(), `labsweep-${'long'.repeat(25)}-`));
  door = await openQmpDoor({ directory, name: 'qmp', limits: LIMITS });
});
afterEach(async () => {
  await door.close();
  await rm(directory, { recursive: true });
});

/** Takes the place of QEMU; `answer` gives what is written back to each command. */
async function imitate(answer: (command: string) => string, greeting = GREETING): Promise<Socket> {
  process.chdir(directory);
  const socket = connect('qmp');
  await new Promise((resolve) => socket.once('connect', resolve));
  process.chdir('/');
  socket.on('data', (data) => {
    const { execute } = JSON.parse(data.toString());
    const text = execute === 'qmp_capabilities' ? '{"return": {}}\n' : answer(execute);
    if (text !== '') socket.write(text);
  });
  socket.write(greeting);
  return socket;
}

test('answers go to their commands, and events are kept in their order', async () => {
  const event = (name: string) => `{"event": "${name}", "data": {"reason": "x"}}\n`;
  const socket = await imitate((command) => `${event('A')}{"return": "${command}"}\n${event('B')}`);
  const client = await door.client();
  assert.equal(await client.execute('query-one'), 'query-one');
  assert.equal(await client.execute('query-two'), 'query-two');
  socket.end(event('SHUTDOWN'));
  await door.drained();
  assert.deepEqual(
    client.events().map(({ name }) => name),
    ['A', 'B', 'A', 'B', 'SHUTDOWN'],
  );
  assert.deepEqual(client.events()[0]?.data, { reason: 'x' });
});

test('an answer that comes in pieces is put together', async () => {
  const socket = await imitate(() => '');
  const client = await door.client();
  const answer = client.execute('query-slow');
  for (const piece of ['{"retu', 'rn": {"deep": [', '1, 2]}', '}\n']) {
    socket.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.deepEqual(await answer, { deep: [1, 2] });
});

const fails = (pattern: RegExp) => (error: unknown) =>
  error instanceof QmpError && pattern.test(error.message);

test('a refusal is an error with the words of QEMU', async () => {
  await imitate(() => '{"error": {"class": "GenericError", "desc": "no such thing"}}\n');
  const client = await door.client();
  await assert.rejects(client.execute('query-x'), fails(/^query-x: no such thing$/));
});

test('a QEMU that does not answer is given up, also when it babbles', async () => {
  await imitate(() => 'not JSON\n[]\nnull\n');
  const client = await door.client();
  await assert.rejects(client.execute('query-x'), fails(/an answer to query-x within 300 ms/));
});

test('a QEMU that goes away fails the command that waits, and every later one', async () => {
  const socket = await imitate(() => {
    socket.destroy();
    return '';
  });
  const client = await door.client();
  await assert.rejects(client.execute('query-x'), fails(/query-x: QEMU closed the connection/));
  await assert.rejects(client.execute('query-y'), fails(/query-y: QEMU closed the connection/));
  await door.drained();
});

test('a door that is closed before anybody came rejects, and leaves no socket', async () => {
  const client = door.client();
  client.catch(() => {});
  await door.close();
  await assert.rejects(client, fails(/ended before it could be spoken to/));
  assert.deepEqual(await readdir(directory), []);
  await door.drained();
});

test('a QEMU that connects and says nothing is given up', async () => {
  await door.close();
  const limits = { ...LIMITS, greetingMs: 200 };
  door = await openQmpDoor({ directory, name: 'qmp', limits });
  const client = door.client();
  client.catch(() => {});
  await imitate(() => '', '');
  await assert.rejects(client, fails(/a greeting within 200 ms/));
});

test('a real QEMU answers, obeys, and says how it ended', async () => {
  await door.close();
  const limits = { greetingMs: 10_000, answerMs: 10_000 };
  door = await openQmpDoor({ directory, name: 'qmp', limits });
  const qemu = runProcess({
    command: 'qemu-system-x86_64',
    arguments: [
      ...['-nodefaults', '-display', 'none', '-S', '-m', '16M'],
      ...['-chardev', 'socket,id=qmp,path=qmp', '-mon', 'chardev=qmp,mode=control'],
    ],
    workingDirectory: directory,
    outputBytesMax: 65_536,
    stop: AbortSignal.timeout(20_000),
  });
  const client = await door.client();
  assert.deepEqual(await client.execute('query-kvm'), { enabled: false, present: true });
  await client.execute('quit');
  assert.deepEqual((await qemu).ending, { kind: 'exited', code: 0 });
  await door.drained();
  const reasons = client.events().map(({ name, data }) => [name, data.reason]);
  assert.deepEqual(reasons, [['SHUTDOWN', 'host-qmp-quit']]);
});
