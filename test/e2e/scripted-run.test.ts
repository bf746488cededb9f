// SPDX-License-Identifier: Apache-2.0
/** One command from spec to report with scripted trials: real processes, gRPC and nats-server. */
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  processesOf,
  resultLines,
  run,
  temporaryFolder,
  writeScriptedSpec,
} from './labsweep-process.js';

const SCRIPTED = ['--runners', 'scripted', '--out', 'result'];

test('a run ends with the report, the folder and nothing left running', async (context) => {
  const folder = temporaryFolder(context);
  writeScriptedSpec(folder);
  const ended = await run(folder, 'run', 'sweep.toml', ...SCRIPTED);
  assert.equal(ended.exitCode, 0, ended.stderr);
  assert.match(ended.stdout, /12 of 12 trials/);
  assert.match(ended.stdout, /scripted +1 +3/);
  assert.match(ended.stdout, /too few \(\+4 blocks\)/);
  assert.match(ended.stdout, /\+(9\d|10\d)% \[/);
  for (const line of ended.stdout.split('\n')) assert.ok(line.length <= 80, line);
  const result = join(folder, 'result');
  const files = ['report.txt', 'results.csv', 'results.json', 'plan.json', 'hosts.json'];
  for (const name of files) assert.ok(existsSync(join(result, name)), name);
  assert.equal(readFileSync(join(result, 'report.txt'), 'utf8'), ended.stdout);
  const [head, ...lines] = resultLines(result);
  const columns =
    'environment,smp,workload,scenario,kernel,repetition,attempt,status,metric,value,unit';
  assert.ok(head?.startsWith(columns), head);
  assert.equal(lines.length, 12);
  assert.deepEqual(processesOf(folder), []);
});

test('away from a terminal each event is one line with its number and the time in UTC', async (context) => {
  const folder = temporaryFolder(context);
  writeScriptedSpec(folder, { repetitions: 1 });
  const { stderr } = await run(folder, 'run', 'sweep.toml', ...SCRIPTED);
  const lines = stderr.trim().split('\n');
  for (const line of lines) assert.match(line, /^ *\d+ \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \S/);
  const trials = lines.filter((line) => / \d\/4 trials: scripted-smp/.test(line));
  assert.equal(trials.length, 4, stderr);
});

test('a failed trial is rerun, stays visible, and marks its row as supporting', async (context) => {
  const folder = temporaryFolder(context);
  writeScriptedSpec(folder, { words: ['--fail-once', 'new:2:panic'] });
  const ended = await run(folder, 'run', 'sweep.toml', ...SCRIPTED);
  assert.equal(ended.exitCode, 0, ended.stderr);
  assert.match(ended.stdout, /supporting: .*1 of \d+ failed/);
  assert.match(ended.stdout, /clean\s+after rerun/);
  assert.match(ended.stdout, /panic/);
  const failed = resultLines(join(folder, 'result')).filter((line) =>
    /,subject-failed,/.test(line),
  );
  assert.equal(failed.length, 2, 'one failed trial in each of the two rows');
});

test('a kernel that fails each time leaves a hole that is named, and exit code 4', async (context) => {
  const folder = temporaryFolder(context);
  writeScriptedSpec(folder, { words: ['--fail', 'new:1:panic'] });
  const ended = await run(folder, 'run', 'sweep.toml', ...SCRIPTED);
  assert.equal(ended.exitCode, 4, ended.stderr);
  assert.match(ended.stdout, /supporting/);
});

/** Words for the scripted runner: the lab fails each trial of these kernels. */
const failing = (...kernels: readonly string[]) =>
  kernels.flatMap((name) => [1, 2].flatMap((smp) => ['--fail', `${name}:${smp}:spawn-failed`]));

for (const { kernels, because, release } of [
  {
    kernels: ['old', 'new'],
    because: / is quarantined: the lab failed 5 attempts in a row on \S+; the last: /,
    release: /^labsweep (release \S+ --sweep result)$/,
  },
  {
    kernels: ['new'],
    because: /new is quarantined on \S+: the lab failed 3 trials of new in a row/,
    release: /^labsweep (release \S+ --kernel new --sweep result)$/,
  },
]) {
  test(`a box on which all trials of ${kernels.join(' and ')} fail ends its run, and says why and how to go on`, async (context) => {
    const folder = temporaryFolder(context);
    writeScriptedSpec(folder, { words: failing(...kernels) });
    const ended = await run(folder, 'run', 'sweep.toml', ...SCRIPTED);
    assert.equal(ended.exitCode, 4, ended.stderr);
    assert.match(ended.stderr, because);
    assert.match(ended.stdout, /spawn-failed/);
    const goOn = /run the same command again after (.*) to go on/.exec(ended.stderr)?.[1] ?? '';
    const words = release.exec(goOn)?.[1]?.split(' ');
    assert.ok(words, ended.stderr);
    // It may be mended by then; here it is not, and the run ends again.
    const released = await run(folder, ...words);
    assert.equal(released.exitCode, 0, released.stderr);
    const again = await run(folder, 'run', 'sweep.toml', ...SCRIPTED);
    assert.equal(again.exitCode, 4, again.stderr);
    assert.match(again.stderr, /going on with scripted-/);
    assert.deepEqual(processesOf(folder), []);
  });
}

test('a row that no host here can run ends the run, named with its reason', async (context) => {
  const folder = temporaryFolder(context);
  writeScriptedSpec(folder);
  const ended = await run(folder, 'run', 'sweep.toml', '--runners', 'native', '--out', 'result');
  assert.equal(ended.exitCode, 4, ended.stderr);
  assert.match(ended.stderr, /row scripted-smp1 waits: .*not offered by this agent/);
});

test('a finished sweep is measured anew into a folder of its own', async (context) => {
  const folder = temporaryFolder(context);
  writeScriptedSpec(folder, { repetitions: 1 });
  const first = await run(folder, 'run', 'sweep.toml', '--runners', 'scripted');
  const second = await run(folder, 'run', 'sweep.toml', '--runners', 'scripted');
  const path = (text: string) => /in (out\/\S+)/.exec(text)?.[1] ?? '';
  assert.match(path(first.stderr), /^out\/scripted-[0-9a-f]{8}$/);
  assert.equal(path(second.stderr), `${path(first.stderr)}-2`);
});
