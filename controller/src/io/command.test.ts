// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { test } from 'node:test';
import { LabsweepError } from '@labsweep/proto';
import { runCommand } from './command.js';

const { signal } = new AbortController();

test('output, complaints and exit code come back', async () => {
  const script = 'echo out; echo err >&2; exit 3';
  const result = await runCommand('sh', ['-c', script], { signal, allowFailure: true });
  assert.deepEqual(result, { stdout: 'out\n', stderr: 'err\n', exitCode: 3 });
});

test('a failure says program, exit code and the last lines of the complaint', async () => {
  const script = 'for n in 1 2 3 4 5 6 7 8 9 10; do echo line $n >&2; done; exit 3';
  await assert.rejects(runCommand('sh', ['-c', script], { signal }), (error: Error) => {
    assert.ok(error instanceof LabsweepError);
    assert.match(error.message, /^sh ended with exit code 3:\nline 3\n[\s\S]*line 10$/);
    return true;
  });
});

test('a program that a signal ended has the exit code that a shell would give it', async () => {
  const result = await runCommand('sh', ['-c', 'kill -9 $$'], { signal, allowFailure: true });
  assert.equal(result.exitCode, 137);
});

test('arguments are never read by a shell, and messages are in English', async () => {
  const result = await runCommand('printf', ['%s', '$(id) "; ls'], { signal });
  assert.equal(result.stdout, '$(id) "; ls');
  assert.equal((await runCommand('sh', ['-c', 'echo $LC_ALL'], { signal })).stdout, 'C\n');
});

test('standard input is closed', async () => {
  assert.equal((await runCommand('cat', [], { signal })).stdout, '');
});

test('a missing program is told with the package that brings it', async () => {
  const before = process.env.PATH;
  process.env.PATH = '/nonexistent';
  try {
    await assert.rejects(
      runCommand('gcc', [], { signal }),
      /gcc is not installed.*apt-get install gcc/,
    );
    await assert.rejects(runCommand('no-such', [], { signal }), /no-such is not installed here$/);
  } finally {
    process.env.PATH = before;
  }
});

test('a program that prints too much is stopped', async () => {
  const endless = runCommand('yes', [], { signal, outputLimitBytes: 1000 });
  await assert.rejects(endless, /yes printed more than 1000 bytes/);
});

test('an abort ends the program at once with the reason of the signal', async () => {
  const abort = new AbortController();
  const startedAt = performance.now();
  const running = runCommand('sleep', ['60'], { signal: abort.signal });
  const reason = new Error('enough');
  setTimeout(() => abort.abort(reason), 50);
  await assert.rejects(running, reason);
  assert.ok(performance.now() - startedAt < 10_000);
  await assert.rejects(runCommand('true', [], { signal: abort.signal }), reason);
});

test('the output of one command feeds another', async () => {
  const inputFrom = { program: 'printf', arguments: ['b\na\n'] };
  assert.equal((await runCommand('sort', [], { signal, inputFrom })).stdout, 'a\nb\n');
});

test('a feeder that fails is told, one that is not heard to the end is not', async () => {
  const failing = { program: 'sh', arguments: ['-c', 'echo broken >&2; exit 4'] };
  await assert.rejects(runCommand('cat', [], { signal, inputFrom: failing }), /sh .* 4:\nbroken/);
  const missing = { program: 'no-such', arguments: [] };
  await assert.rejects(
    runCommand('cat', [], { signal, inputFrom: missing }),
    /no-such is not installed/,
  );
  const endless = { program: 'yes', arguments: [] };
  const head = await runCommand('head', ['-n', '1'], { signal, inputFrom: endless });
  assert.equal(head.stdout, 'y\n');
  await assert.rejects(runCommand('no-such', [], { signal, inputFrom: endless }), /no-such is not/);
});
