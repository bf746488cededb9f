// SPDX-License-Identifier: Apache-2.0
/** Checks ranks and coverages against those of another program, and at the edges. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { medianRanks } from './order-statistics.js';

/**
 * n, rank, coverage as 1 - 2 P(B <= rank - 1): computed with scipy.stats.binom of SciPy 1.17.1, p =
 * 1/2, as the largest rank that still covers 95 %.
 */
const TABLE = [
  [6, 1, 0.9688],
  [7, 1, 0.9844],
  [8, 1, 0.9922],
  [9, 2, 0.9609],
  [10, 2, 0.9785],
  [11, 2, 0.9883],
  [12, 3, 0.9614],
  [13, 3, 0.9775],
  [14, 3, 0.9871],
  [15, 4, 0.9648],
  [16, 4, 0.9787],
  [17, 5, 0.951],
  [18, 5, 0.9691],
  [19, 5, 0.9808],
  [20, 6, 0.9586],
] as const;

test('ranks and coverages agree with those that SciPy computes', () => {
  for (const [n, rank, coverage] of TABLE) {
    const ranks = medianRanks(n, 0.95);
    assert.equal(ranks?.rank, rank, `rank of n=${n}`);
    assert.equal(Number(ranks.coverage.toFixed(4)), coverage, `coverage of n=${n}`);
  }
});

test('no ranks reach 95 % below six values, and exactly 93.75 % are there for five', () => {
  for (const n of [1, 2, 3, 4, 5]) assert.equal(medianRanks(n, 0.95), undefined, `n=${n}`);
  assert.equal(medianRanks(5, 0.9375)?.rank, 1);
});

test('several thousand values do not overflow', () => {
  const ranks = medianRanks(5000, 0.95);
  assert.ok(ranks !== undefined && ranks.coverage >= 0.95 && ranks.coverage < 0.96);
  // The normal approximation: n / 2 - 1.96 sqrt(n) / 2.
  assert.ok(Math.abs(ranks.rank - (2500 - 0.98 * Math.sqrt(5000))) < 2);
});
