// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: what a report says that it could see, it could. Method: as many made-up sweeps as tell 90 %
 * from less, each with a change of the size that is reckoned from its true spread.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocksForChange, blocksForEquivalence, smallestChange } from './needed-blocks.js';
import { completeFloor, measuredFloor, reckonedFloor } from './noise-floor.js';
import { floorWords } from './report/floor-text.js';
import { randomSource } from './statistics/random-source.js';
import { compared, judgements, SEED, verdicts } from './testing/proof-models.js';

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

/** A floor high above what the blocks find by themselves, and one far below. */
for (const fraction of [0.2, 0.001]) {
  test(`with a measured floor of ${fraction} the change beside it is found with 90% power`, () => {
    const random = randomSource(SEED);
    const [sweeps, blocks, noise] = [500, 10, 0.03];
    const floor = {
      kind: 'a-a',
      fraction,
      blocks,
      change: { estimate: 0, low: -1, high: 1 },
      isSandwich: false,
      isBroken: false,
    } as const;
    // The true spread of a ratio of two boots, stated by ratios that have just it.
    const spread = noise * Math.SQRT2 * Math.sqrt((blocks - 1) / blocks);
    const ratios = Array.from({ length: blocks }, (_, at) =>
      Math.exp(at % 2 === 0 ? spread : -spread),
    );
    const stated = { ...compared(random, { noise, blocks, ratio: 1 }), ratios, quantumLog: 0 };
    const complete = completeFloor(floor, [stated], { level: 0.05, family: 1 });
    assert(complete?.kind === 'a-a' && complete.found?.kind === 'spread');
    const { fraction: change } = complete.found;
    assert.ok(change > fraction, 'a change as high as the floor is called one every second time');
    let found = 0;
    for (let sweep = 0; sweep < sweeps; sweep += 1) {
      // Falls as well as rises.
      const ratio = sweep % 2 === 0 ? 1 + change : 1 / (1 + change);
      const [judgement] = judgements([compared(random, { noise, blocks, ratio })], { floor });
      if (judgement?.verdict === (ratio > 1 ? 'slower' : 'faster')) found += 1;
    }
    console.log(`seed ${SEED}, floor ${fraction}, ${change.toFixed(3)}: ${found} of ${sweeps}`);
    assert.ok(found / sweeps >= 0.86 && found / sweeps <= 0.97, `${found} of ${sweeps}`);
  });
}

test('beside a measured floor stands whether the blocks can decide at all', () => {
  const random = randomSource(SEED);
  const few = [compared(random, { noise: 0.01, blocks: 5, ratio: 3 })];
  const [again] = [compared(random, { noise: 0.01, blocks: 5, ratio: 1 })];
  const measured = measuredFloor({ again, isSandwich: false });
  const complete = completeFloor(measured, few, { level: 0.05, family: 1 });
  assert(complete?.kind === 'a-a');
  assert.deepEqual(complete.found, { kind: 'too-few', blocks: 5, needed: 6 });
  assert.match(
    floorWords(complete, { baseline: 'old', head: {} }),
    /^none, 5 blocks cannot decide, 6 needed; of more of them/,
  );
  assert.deepEqual(completeFloor(measured, [], { level: 0.05, family: 1 }), measured);
});
