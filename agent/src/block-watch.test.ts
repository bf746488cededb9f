// SPDX-License-Identifier: Apache-2.0
/** That a lease is renewed while its worker waits, and never else; with the real clock. */
import { strict as assert } from 'node:assert';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ANNOUNCE_DELAY_MS, BlockWatch, type Stage } from './block-watch.js';

const INTERVAL_MS = 50;

function startWatch(context: TestContext) {
  const said: string[] = [];
  const watch = new BlockWatch(INTERVAL_MS, performance.now(), {
    renew: () => said.push('renew'),
    overdue: (trouble) => said.push(trouble),
    over: () => said.push('over'),
    announce: () => said.push('announce'),
  });
  context.after(() => watch.close());
  return { watch, said };
}

const stage = (limitMs: number | undefined): Stage => ({ name: () => 'the stage', limitMs });

test('stages that are each shorter than the interval renew together as often as a long one', async (context) => {
  const { watch, said } = startWatch(context);
  const beganMs = performance.now();
  while (performance.now() - beganMs < 500) await watch.during(stage(1_000), sleep(5));
  const due = (performance.now() - beganMs) / INTERVAL_MS;
  assert.ok(said.length >= due / 2 && said.length <= due + 1, `${said.length} of ${due}`);
  assert.deepEqual([...new Set(said)], ['renew']);
});

test('nothing is renewed between stages, nor for one that has hung', async (context) => {
  const { watch, said } = startWatch(context);
  await sleep(3 * INTERVAL_MS);
  assert.deepEqual(said, [], 'no stage waits');
  const hung = watch.during(stage(2 * INTERVAL_MS), sleep(12 * INTERVAL_MS));
  await hung;
  const troubles = said.filter((text) => text !== 'renew');
  assert.deepEqual(troubles, ['the stage hangs: it has not ended within 0.1 s', 'over']);
  assert.deepEqual(said.slice(-2), troubles, 'no renewal behind it');
  // The next stage begins anew.
  await watch.during(stage(1_000), sleep(2 * INTERVAL_MS));
  assert.equal(said.at(-1), 'renew');
});

test('time for which a stage is excused is not counted', async (context) => {
  const { watch, said } = startWatch(context);
  const excused = { ...stage(INTERVAL_MS), isExcused: () => true };
  await watch.during(excused, sleep(6 * INTERVAL_MS));
  assert.ok(said.length >= 3, `${said.length} renewals`);
  assert.deepEqual([...new Set(said)], ['renew']);
});

test('a trial is announced once it has run for a while, however many came before', async (context) => {
  const { watch, said } = startWatch(context);
  for (let trial = 0; trial < 4; trial += 1) {
    watch.announceSoon();
    await sleep(ANNOUNCE_DELAY_MS / 2);
  }
  assert.deepEqual(said, [], 'each was followed by another one in time');
  await sleep(ANNOUNCE_DELAY_MS);
  assert.deepEqual(said, ['announce']);
  watch.announceSoon();
  watch.close();
  await sleep(ANNOUNCE_DELAY_MS + 100);
  assert.deepEqual(said, ['announce'], 'what is closed stays silent');
});
