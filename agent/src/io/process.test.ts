// SPDX-License-Identifier: Apache-2.0
/** Goal: nothing that was started outlives the call or the caller. Method: real processes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { findProcesses } from '../testing/processes.js';
import { waitUntil } from '../testing/wait-until.js';
import { type ProcessRequest, runProcess } from './process.js';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function shell(script: string, more: Partial<ProcessRequest> = {}) {
  return runProcess({
    command: 'sh',
    arguments: ['-c', script],
    outputBytesMax: 4096,
    stop: AbortSignal.timeout(10_000),
    ...more,
  });
}

/** A duration nobody else sleeps for, by which the process can be found. */
const uniqueSeconds = (tail: number) => `${3_000 + (process.pid % 100_000)}.${tail}`;

describe('every end of a program is a result', () => {
  test('its exit code and both outputs', async () => {
    const end = await shell('echo out; echo err >&2; exit 3');
    assert.deepEqual(end.ending, { kind: 'exited', code: 3 });
    assert.deepEqual([text(end.stdout), text(end.stderr)], ['out\n', 'err\n']);
    assert.deepEqual([end.wasStopped, end.hasOverflowed], [false, false]);
  });

  test('its signal', async () => {
    const end = await shell('kill -SEGV $$');
    assert.deepEqual(end.ending, { kind: 'signalled', signal: 'SIGSEGV' });
  });

  test('a program that does not exist', async () => {
    const end = await shell('', { command: 'labsweep-no-such-program' });
    assert.equal(end.ending.kind, 'not-started');
    assert.match(JSON.stringify(end.ending), /labsweep-no-such-program: No such file/);
  });

  test('an exit code of 127 of the program itself', async () => {
    assert.deepEqual((await shell('exit 127')).ending, { kind: 'exited', code: 127 });
  });

  test('too much output, even of one that ignores SIGTERM', async () => {
    const end = await shell("trap '' TERM; while :; do echo 0123456789; done");
    assert.equal(end.hasOverflowed, true);
    assert.equal(end.stdout.length, 4096);
  });
});

test('the standard input is empty, and the session is its own', async () => {
  const end = await shell("cat; echo $$; cut -d ' ' -f 6 /proc/$$/stat");
  const [processId, session] = text(end.stdout).split('\n');
  assert.equal(session, processId);
});

describe('what was started is gone', () => {
  test('when it is stopped, with its children', async () => {
    const seconds = uniqueSeconds(1);
    const end = await shell(`sleep ${seconds} & sleep ${seconds}`, {
      stop: AbortSignal.timeout(200),
    });
    assert.equal(end.wasStopped, true);
    await waitUntil('no sleeper', async () => (await findProcesses(seconds)).length === 0, 2_000);
  });

  test('when it is aborted; the call then rejects with the reason', async () => {
    const seconds = uniqueSeconds(2);
    const reason = new Error('lease lost');
    const stopper = new AbortController();
    const run = shell(`sleep ${seconds} & sleep ${seconds}`, { signal: stopper.signal });
    await waitUntil('a sleeper', async () => (await findProcesses(seconds)).length > 0);
    stopper.abort(reason);
    await assert.rejects(run, (error) => error === reason);
    await waitUntil('no sleeper', async () => (await findProcesses(seconds)).length === 0, 2_000);
  });

  test('when it leaves a child behind that holds our pipes', async () => {
    const seconds = uniqueSeconds(3);
    const end = await shell(`sleep ${seconds} & exit 0`);
    assert.deepEqual(end.ending, { kind: 'exited', code: 0 });
    assert.ok(end.durationMs < 5_000);
    await waitUntil('no sleeper', async () => (await findProcesses(seconds)).length === 0, 2_000);
  });

  test('when we are killed ourselves by SIGKILL', async () => {
    const seconds = uniqueSeconds(4);
    const module = new URL('./process.js', import.meta.url).href;
    const code = `import { runProcess } from ${JSON.stringify(module)};
      await runProcess({ command: 'sleep', arguments: ['${seconds}'], outputBytesMax: 10,
        stop: AbortSignal.timeout(60000) });`;
    const agent = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });
    const isSleeping = async () =>
      (await findProcesses(`sleep\0${seconds}`)).some((id) => id !== agent.pid);
    await waitUntil('a sleeper', isSleeping);
    agent.kill('SIGKILL');
    await once(agent, 'exit');
    await waitUntil('no sleeper', async () => !(await isSleeping()), 2_000);
  });
});

test('a signal that has fired already starts nothing', async () => {
  const reason = new Error('too late');
  await assert.rejects(shell('exit 0', { signal: AbortSignal.abort(reason) }), (e) => e === reason);
});
