// SPDX-License-Identifier: Apache-2.0
/** Goal: nothing depends on which of two kernels is called the baseline. Method: mirror images. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KernelName } from '@labsweep/proto';
import { farEndOf, isWithin, sizeText, sizeToward } from './change-size.js';
import { gapRefusal } from './gap-refusal.js';
import { isConfirmed, type Sandwich } from './narrow/sandwich.js';
import { measuredFloor } from './noise-floor.js';
import { randomSource } from './statistics/random-source.js';
import { compared, judgements, SEED } from './testing/proof-models.js';

const FLOOR = {
  kind: 'a-a',
  fraction: 0.25,
  blocks: 10,
  change: { estimate: 1, low: -20, high: 5 },
  isSandwich: false,
  isBroken: false,
} as const;

const mirrored = (ratio: number) => [ratio, 1 / ratio];

/** Ten blocks of little noise. */
const changed = (ratio: number) =>
  compared(randomSource(SEED), { noise: 0.0005, blocks: 10, ratio });

test('a rise and the fall that undoes it are one size', () => {
  for (const ratio of mirrored(1.24)) assert.ok(isWithin(ratio, 0.25), `${ratio}`);
  for (const ratio of mirrored(1.26)) assert.ok(!isWithin(ratio, 0.25), `${ratio}`);
  assert.ok(!isWithin(0, 0.25), 'a value that vanishes has changed by more than any floor');
  assert.ok(Math.abs(sizeToward(0.5, 0.25) - 0.2) < 1e-12);
  assert.equal(sizeText(0.25), '+25.0% or -20.0%');
  assert.deepEqual([0.001, 0.009, 0.014].map(sizeText), ['0.10%', '0.90%', '1.4%']);
});

test('the far end of an interval is the same from both sides, and never infinite', () => {
  const [one, other] = [
    farEndOf({ low: 0.637, high: 1.117 }),
    farEndOf({ low: 1 / 1.117, high: 1 / 0.637 }),
  ];
  assert.ok(Math.abs(one - other) < 1e-12 && Math.abs(one - (1 / 0.637 - 1)) < 1e-12);
  assert.ok(Math.abs((1 + farEndOf({ low: 0.5, high: 1.1 }, 1 / 2)) ** 2 - 2) < 1e-12);
  for (const low of [0, -0.2])
    assert.equal(JSON.parse(JSON.stringify(farEndOf({ low, high: 1.1 }))), 1e9);
});

test('the floor does not depend on which of two equal turns is called the second', () => {
  const again = compared(randomSource(SEED), { noise: 0.2, blocks: 10, ratio: 0.9 });
  const { low, high } = again.changePercent;
  const factors = { low: 1 / (1 + high / 100), high: 1 / (1 + low / 100) };
  const changePercent = {
    estimate: 100 / again.ratio.ratio - 100,
    low: factors.low * 100 - 100,
    high: factors.high * 100 - 100,
  };
  const swapped = { ...again, changePercent };
  for (const isSandwich of [false, true]) {
    const [one, other] = [again, swapped].map((each) => measuredFloor({ again: each, isSandwich }));
    assert.ok(Math.abs((one?.fraction ?? 0) - (other?.fraction ?? 1)) < 1e-9);
  }
});

test('a change and its mirror get the same verdict against a measured floor', () => {
  const verdictOf = (ratio: number) => judgements([changed(ratio)], { floor: FLOOR })[0];
  for (const ratio of mirrored(1.24)) {
    assert.equal(verdictOf(ratio)?.verdict, 'undecided', `${ratio}`);
    assert.ok(verdictOf(ratio)?.reasons.some(({ code }) => code === 'below-noise-floor'));
  }
  assert.match(
    verdictOf(1 / 1.24)?.reasons[0]?.text ?? '',
    /^19\.\d% is below the noise floor of 20\.0%$/,
  );
  assert.deepEqual(
    mirrored(1.26).map((ratio) => verdictOf(ratio)?.verdict),
    ['slower', 'faster'],
  );
});

test('a gap and its mirror are refused by the same floor', () => {
  const refusalOf = (ratio: number) => {
    const comparison = { ...changed(ratio), direction: 'slower' } as const;
    const [good, bad, candidate] = ['A', 'B', 'C'] as KernelName[];
    assert(good !== undefined && bad !== undefined && candidate !== undefined);
    const gap = { good, bad, candidate };
    const direction = ratio > 1 ? 'lower' : 'higher';
    return gapRefusal({ gap, direction, comparison, floor: FLOOR, blocksNeeded: 6, levelGap: 1 });
  };
  for (const ratio of mirrored(1.24))
    assert.match(refusalOf(ratio) ?? '', /is below the noise floor/);
  for (const ratio of mirrored(1.26)) assert.equal(refusalOf(ratio), undefined);
});

test('a pair and its mirror are confirmed against the same drift', () => {
  const around = (ratio: number) => ({ ratio, low: ratio * 0.99, high: ratio * 1.01 });
  const isSure = (ratio: number) => {
    const drift = { ratio: 1, low: 1 / 1.25 ** 2, high: 1.1 };
    const found: Sandwich = {
      blocks: 6,
      effect: around(ratio),
      drift,
      unlikeStates: false,
      trials: 18,
      hostTimeMs: 1,
      besides: [],
    };
    return isConfirmed(found, around(ratio));
  };
  assert.deepEqual(mirrored(1.24).map(isSure), [false, false]);
  assert.deepEqual(mirrored(1.26).map(isSure), [true, true]);
});
