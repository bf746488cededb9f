// SPDX-License-Identifier: Apache-2.0
/**
 * Whatever ends a run in the middle, the same command goes on: the table is that of a run without
 * faults, and no trial with an outcome runs again. Scripted values depend on the trial alone, so
 * tables can be compared.
 */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  processesOf,
  type Running,
  resultLines,
  run,
  start,
  temporaryFolder,
  waitFor,
  writeScriptedSpec,
} from './labsweep-process.js';

const COMMAND = ['run', 'sweep.toml', '--runners', 'scripted', '--out'] as const;
const SPEC = { durationMs: 150, repetitions: 4 };

const trialsSeen = (running: Running) => running.stderr().match(/ \d+\/\d+ trials: /g)?.length ?? 0;

/**
 * Starts a run on one box in `result` and waits until some of its trials are done, in the middle
 * of a block.
 */
async function runHalf(
  context: TestContext,
  spec = SPEC,
): Promise<{ folder: string; running: Running }> {
  const folder = temporaryFolder(context);
  writeScriptedSpec(folder, spec);
  const running = start(folder, ...COMMAND, 'result');
  await waitFor('five trials', () => trialsSeen(running) >= 5);
  return { folder, running };
}

function processNamed(folder: string, name: RegExp): number {
  const found = processesOf(folder).filter(({ command }) => name.test(command));
  assert.equal(found.length, 1, JSON.stringify(processesOf(folder)));
  return found[0]?.pid ?? 0;
}

/** Goes on with `result` and compares it with a run that nobody disturbed. */
async function assertSameAsUndisturbed(folder: string): Promise<void> {
  const resumed = await run(folder, ...COMMAND, 'result');
  assert.equal(resumed.exitCode, 0, resumed.stderr);
  assert.match(resumed.stderr, /going on with/);
  const calm = await run(folder, ...COMMAND, 'calm');
  assert.equal(calm.exitCode, 0, calm.stderr);
  const lines = resultLines(join(folder, 'result'));
  assert.deepEqual([...lines].sort(), resultLines(join(folder, 'calm')).sort());
  assert.equal(lines.length, 1 + 16, 'each trial has one outcome');
  const before = Number(/ (\d+)\/16 trials have ended before/.exec(resumed.stderr)?.[1]);
  const after = resumed.stderr.match(/ \d+\/16 trials: \S+/g) ?? [];
  assert.ok(before >= 5, resumed.stderr);
  assert.equal(after.length, 16 - before, 'a trial with an outcome does not run again');
  assert.deepEqual(processesOf(folder), []);
}

test('Ctrl-C ends in order with the partial report, and the same command goes on', async (context) => {
  const { folder, running } = await runHalf(context);
  running.child.kill('SIGINT');
  const ended = await running.ended;
  assert.equal(ended.exitCode, 130, ended.stderr);
  assert.match(ended.stdout, /INTERRUPTED/);
  assert.match(ended.stderr, /run the same command again to go on/);
  assert.deepEqual(processesOf(folder), []);
  await assertSameAsUndisturbed(folder);
});

for (const [name, pattern] of [
  ['controller', /controller\/dist\/main\.js/],
  ['agent', /agent\/dist\/main\.js/],
  ['nats-server', /^nats-server/],
] as const) {
  test(`kill -9 of the ${name} ends the run with its log named, and the same command goes on`, async (context) => {
    const { folder, running } = await runHalf(context);
    process.kill(processNamed(folder, pattern), 'SIGKILL');
    const ended = await running.ended;
    assert.equal(ended.exitCode, 1, ended.stderr);
    assert.match(ended.stderr, new RegExp(`the ${name} ended unexpectedly \\(signal SIGKILL\\)`));
    assert.match(ended.stderr, /logs\/.*\.log; run the same command again to go on/);
    assert.deepEqual(processesOf(folder), []);
    await assertSameAsUndisturbed(folder);
  });
}

test('kill -9 of the command itself leaves nothing running, and the same command goes on', async (context) => {
  const { folder, running } = await runHalf(context);
  assert.equal(processesOf(folder).length, 4, JSON.stringify(processesOf(folder)));
  running.child.kill('SIGKILL');
  await running.ended;
  await waitFor('the end of all children', () => processesOf(folder).length === 0, 15_000);
  await assertSameAsUndisturbed(folder);
});

test('two runs in one folder: the second is refused and names the first', async (context) => {
  // So many that on a slow machine the first one does not end before the second has started.
  const { folder, running } = await runHalf(context, { ...SPEC, repetitions: 200 });
  const second = await run(folder, ...COMMAND, 'result');
  assert.equal(second.exitCode, 2);
  assert.match(
    second.stderr,
    new RegExp(`another labsweep run is at work.*pid ${running.child.pid}`),
  );
  running.child.kill('SIGINT');
  await running.ended;
});
