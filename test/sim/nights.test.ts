// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: no night, however bad, breaks a promise of the lab. Method: a thousand simulated ones that
 * each commit draws anew, and those that once were too bad.
 */
import { strict as assert } from 'node:assert';
import { type TestContext, test } from 'node:test';
import { firstSeed } from './first-seed.js';
import { failureText, type PoolSummary, runSeeds, summaryText } from './seed-pool.js';

const NIGHTS = 1_000;
/** Of two cores, whoever else is at work on them: two minutes of each. */
const CPU_LIMIT_MS = 2 * 120_000;
/** Nights that have failed once, each by a defect that docs/SIMULATION.md names; drawn as then. */
const PLAIN_ONCE_FAILED: readonly number[] = [
  6, 23, 26, 70, 82, 88, 391, 685, 737, 1002, 1044, 1057, 1001484, 1002821, 1002965, 1003838,
  1006218, 1008475, 1009154, 3001389, 1082005081, 1413721306, 3364222489,
];

/** The same, with all that is drawn into a night by now. */
const ONCE_FAILED: readonly number[] = [
  7000003, 7000010, 7000072, 7000165, 7000330, 7000410, 7000471, 7000779, 20000475, 20001188,
  20001262, 22000261, 44000040, 777169, 921856696, 4086831489,
];

/** Everything that may go wrong in a night must have gone wrong in some. */
const MUST_HAPPEN: readonly string[] = [
  'broker: entries delivered again',
  'broker: entry stored once, published again',
  'broker: entry stored twice',
  'broker: request or answer lost',
  'broker: several outcomes in one message',
  'clock jumps by -1 h',
  'clock jumps by 1 h',
  'command add-kernel',
  'command add-repetitions',
  'command cancel',
  'command drain',
  'command pause',
  'command rerun-failed',
  'command rerun-row',
  'command resume',
  'command undrain',
  'fault: agent ends in order',
  'fault: broker disk full',
  'fault: broker loses power',
  'fault: clock jumps',
  'fault: controller ends in order',
  'fault: failing host',
  'fault: host dies in the same trial',
  'fault: host disk full',
  'fault: host loses power',
  'fault: kill agent',
  'fault: kill broker',
  'fault: kill controller',
  'fault: machine cut off',
  'fault: slow host',
  'fault: stop agent',
  'fault: stop broker',
  'fault: stop controller',
  'fault: stream deleted',
  'fault: streams break',
  'host dies in a trial',
  'lease taken up again',
  'pinned row goes to another host',
  'row stops early',
  'stream: message lost under way',
  'stream: packet lost and sent again',
  'sweep: other priority',
  'sweep: pinned',
  'sweep: precision',
  'user call lost',
  'user call repeated',
];

function assertAllWell(context: TestContext, summary: PoolSummary): void {
  for (const line of summaryText(summary).split('\n')) context.diagnostic(line);
  const failed = summary.failures.map(
    (each) => `${each.failure.story.join('\n')}\n${failureText(each)}`,
  );
  assert.equal(failed.length, 0, failed.join('\n\n'));
}

test('nights that once failed end well', async (context) => {
  assertAllWell(context, await runSeeds(PLAIN_ONCE_FAILED, { isPlain: true }));
  assertAllWell(context, await runSeeds(ONCE_FAILED));
});

test('a thousand nights end well, and everything that can go wrong did in some of them', async (context) => {
  const { seed, from } = firstSeed();
  context.diagnostic(`seeds ${seed} to ${seed + NIGHTS - 1}, by ${from}`);
  const before = process.cpuUsage();
  const summary = await runSeeds(Array.from({ length: NIGHTS }, (_, index) => seed + index));
  assertAllWell(context, summary);
  const missing = MUST_HAPPEN.filter((what) => !summary.counts.has(what));
  assert.deepEqual(missing, [], 'a fault that never strikes proves nothing');
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1_000;
  context.diagnostic(`${Math.round(cpuMs / 1_000)} s of CPU time`);
  assert.ok(cpuMs < CPU_LIMIT_MS, `${NIGHTS} nights took ${cpuMs} ms of CPU time`);
});
