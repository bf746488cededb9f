// SPDX-License-Identifier: Apache-2.0
/** Summaries against numbers worked out by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summarise } from './summary.js';

test('a series is described by the usual numbers', () => {
  // Squares of deviations from 5: 9 1 1 1 0 0 4 16, sum 32, divisor 7.
  const summary = summarise([2, 4, 4, 4, 5, 5, 7, 9]);
  assert.equal(summary.n, 8);
  assert.equal(summary.median, 4.5);
  assert.equal(summary.mean, 5);
  assert.equal(summary.min, 2);
  assert.equal(summary.max, 9);
  assert.equal(summary.mad, 0.5);
  assert.equal(summary.stdev, Math.sqrt(32 / 7));
  assert.equal(summary.cv, Math.sqrt(32 / 7) / 5);
});

test('one value has no spread, rather than a spread of 0', () => {
  assert.deepEqual(summarise([7]), { n: 1, median: 7, mean: 7, min: 7, max: 7, mad: 0 });
});

test('a mean of 0 leaves the coefficient of variation out', () => {
  const summary = summarise([-1, 1]);
  assert.equal(summary.stdev, Math.SQRT2);
  assert.equal('cv' in summary, false);
});
