// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: what a report says that it could see, it could. Method: as many made-up sweeps as tell 90 %
 * from less, each with a change of the size that is reckoned from its true spread.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocksForChange, blocksForEquivalence, smallestChange } from './needed-blocks.js';
import { reckonedFloor } from './noise-floor.js';
import { randomSource } from './statistics/random-source.js';
import { compared, SEED, verdicts } from './testing/proof-models.js';

const LOGS = [0.01, -0.012, 0.004, -0.006, 0.015, -0.011, 0.002, -0.003, 0.008, -0.007];
const ALONE = { level: 0.05, family: 1, quantumLog: 0 };

test('many comparisons, a stricter level and coarse values each ask for a larger change', () => {
  const alone = smallestChange(LOGS, ALONE) ?? Number.NaN;
  assert.ok((smallestChange(LOGS, { ...ALONE, family: 10 }) ?? 0) > alone * 1.2);
  assert.ok((smallestChange(LOGS, { ...ALONE, level: 0.03 }) ?? 0) > alone);
  assert.equal(smallestChange(LOGS, { ...ALONE, quantumLog: 0.02 }), alone + 0.02);
});

test('no number of blocks shows what rounding may hide', () => {
  const equal = [0.0274, 0.0274, 0.0274];
  const bar = { ...ALONE, logs: equal, change: 0.0274 };
  assert.equal(blocksForChange(bar), 2);
  assert.equal(blocksForChange({ ...bar, quantumLog: 0.0275 }), undefined);
  assert.equal(
    blocksForEquivalence({ ...ALONE, logs: LOGS, room: 0.01, quantumLog: 0.01 }),
    undefined,
  );
});

test('more comparisons take more blocks', () => {
  const alone = blocksForChange({ ...ALONE, logs: LOGS, change: 0.01 }) ?? 0;
  const among = blocksForChange({ ...ALONE, logs: LOGS, change: 0.01, family: 20 }) ?? 0;
  assert.ok(among > alone * 1.5, `${alone} and ${among}`);
});

test('too few blocks see nothing, whatever their spread', () => {
  const random = randomSource(SEED);
  const few = [compared(random, { noise: 0.01, blocks: 6, ratio: 3 })];
  assert.deepEqual(reckonedFloor(few, { level: 0.05, family: 2 }), {
    kind: 'too-few',
    blocks: 6,
    needed: 7,
  });
  assert.equal(reckonedFloor(few, { level: 0.05, family: 1 })?.kind, 'spread');
});

for (const [family, blocks] of [
  [1, 6],
  [1, 10],
  [6, 12],
] as const) {
  test(`the reckoned change is found with 90% power among ${family} in ${blocks} blocks`, () => {
    const random = randomSource(SEED);
    const sweeps = 500;
    // The true spread of a ratio of two boots of 1 % noise, stated by two values that have it.
    const spread = 0.01 * Math.SQRT2;
    const logs = Array.from({ length: blocks }, (_, index) => (index % 2 === 0 ? 1 : -1) * spread);
    const scale = Math.sqrt((blocks - 1) / blocks);
    const bar = { ...ALONE, family };
    const change = smallestChange(
      logs.map((log) => log * scale),
      bar,
    );
    let found = 0;
    for (let sweep = 0; sweep < sweeps; sweep += 1) {
      const ratio = Math.exp(change ?? 0);
      const rows = Array.from({ length: family }, (_, index) =>
        compared(random, { noise: 0.01, blocks, ratio: index === 0 ? ratio : 1 }),
      );
      if (verdicts(rows)[0] === 'slower') found += 1;
    }
    console.log(`seed ${SEED}, family ${family}, ${blocks} blocks: ${found} of ${sweeps}`);
    // It is reckoned by an approximation; three standard errors of 500 sweeps are 4 points.
    assert.ok(found / sweeps >= 0.86 && found / sweeps <= 0.97, `${found} of ${sweeps}`);
  });
}
