// SPDX-License-Identifier: Apache-2.0
/** How rounding widens a ratio of levels and what is left of p, each worked out by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { levelRatio } from './level-ratio.js';
import { rankSumP } from './rank-sum.js';
import { hiddenLog } from './rounded-ratio.js';
import { welchRatio } from './welch.js';

const constant = (value: number): number[] => Array.from({ length: 6 }, () => value);
const HALF_STEPS = hiddenLog({ level: 37, hidden: 0.5 }) + hiddenLog({ level: 36, hidden: 0.5 });

test('half a step of a level is the logarithm from there to the level', () => {
  // 36 may have been 35.5, which is 36 times 35.5 / 36.
  const log = hiddenLog({ level: 36, hidden: 0.5 });
  assert.ok(Math.abs(Math.exp(-log) - 35.5 / 36) < 1e-12, String(log));
  assert.equal(hiddenLog({ level: 36, hidden: 0 }), 0);
  assert.equal(hiddenLog({ level: 0.5, hidden: 0.5 }), 0);
});

test('values without any spread have an interval of half a step of both', () => {
  const sides = { numerator: constant(37), denominator: constant(36) };
  const found = levelRatio({ ...sides, quantumLog: HALF_STEPS });
  assert(found !== undefined);
  const reach = (36.5 / 37) * (35.5 / 36);
  assert.ok(Math.abs(found.ratio - 37 / 36) < 1e-12);
  assert.ok(Math.abs(found.low - (37 / 36) * reach) < 1e-12, String(found.low));
  assert.ok(Math.abs(found.high - 37 / 36 / reach) < 1e-12, String(found.high));
  assert.ok(found.low < 1, 'one step is no difference');
  assert.equal(found.quantumLog, HALF_STEPS);
  assert.equal(levelRatio(sides)?.low, levelRatio(sides)?.high, 'and has no width without it');
});

test('what rounding reaches is no difference to p, and what it does not reach is one', () => {
  const pOf = (numerator: readonly number[], denominator: readonly number[]) =>
    levelRatio({ numerator, denominator, quantumLog: HALF_STEPS })?.p;
  assert.equal(pOf(constant(37), constant(36)), 1);
  assert.equal(pOf(constant(36), constant(37)), 1);
  // Two of the 924 ways to deal out twelve ranks are as far apart.
  assert.equal(pOf(constant(38), constant(36)), 2 / 924);
  assert.equal(pOf(constant(36), constant(38)), 2 / 924);
});

test('p is that of the side moved as far as rounding reaches', () => {
  // Each pair is 0.3 apart on the logarithm, give or take 0.1; 0.25 of that is taken off.
  const numerator = [0.3, 0.4, 0.5].map(Math.exp);
  const denominator = [0, 0.1, 0.2].map(Math.exp);
  const found = levelRatio({ numerator, denominator, quantumLog: 0.25 });
  assert.equal(found?.p, rankSumP([0.05, 0.15, 0.25], [0, 0.1, 0.2]));
  assert.notEqual(found?.p, rankSumP(numerator, denominator));
});

test('fine values have the interval of Welch and the p of rank sums', () => {
  const sides = { numerator: [10, 11, 12, 10.5], denominator: [20, 26, 21] };
  const p = rankSumP(sides.numerator, sides.denominator);
  assert.deepEqual(levelRatio(sides), { ...welchRatio(sides), quantumLog: 0, p });
  assert.equal(levelRatio({ numerator: [1], denominator: [1, 2], quantumLog: 1 }), undefined);
});
