// SPDX-License-Identifier: Apache-2.0
/**
 * What golden-r.test.ts has not: Student's t, Welch, small series, modified z scores, and ranks
 * with ties and zeros, against R 4.2.2. The commands are in testdata/golden-r.R, which prints these
 * numbers; all agree to nine digits.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { medianInterval } from './median-interval.js';
import { findOutliers } from './outliers.js';
import { rankSumP } from './rank-sum.js';
import { signedRankP } from './signed-rank.js';
import { studentTQuantile } from './student-t.js';
import { welchRatio } from './welch.js';

function near(actual: number | undefined, expected: number): void {
  assert.ok(
    actual !== undefined && Math.abs(actual / expected - 1) <= 1e-9,
    `${actual} is not ${expected} to nine digits`,
  );
}

function boundsOf(values: readonly number[], scale: 'log' | 'linear'): [number, number] {
  const interval = medianInterval(values, scale);
  assert(interval.method !== 'none');
  return [interval.low, interval.high];
}

test("Student's t: qt", () => {
  for (const [coverage, degreesOfFreedom, expected] of [
    [0.95, 1, 12.7062047362],
    [0.95, 2, 4.30265272975],
    [0.95, 5, 2.57058183564],
    [0.95, 9, 2.2621571628],
    [0.95, 30, 2.0422724563],
    [0.95, 59, 2.00099537809],
    [0.99, 3, 5.84090930973],
    [0.99, 7, 3.49948329735],
    [0.99, 11, 3.10580651554],
    [1 - 0.05 / 6, 11, 3.20812233317],
  ] as const) {
    near(studentTQuantile({ coverage, degreesOfFreedom }), expected);
  }
});

test('two to five values: t.test of the logarithms, and of the values', () => {
  const values = [231.4, 229.8, 233.1, 230.2];
  const [logLow, logHigh] = boundsOf(values, 'log');
  near(logLow, 228.779023206);
  near(logHigh, 233.487849124);
  const [low, high] = boundsOf(values, 'linear');
  near(low, 228.767070717);
  near(high, 233.482929283);
  const [below, above] = boundsOf([-1.5, 2.25], 'log');
  near(below, -23.4491338803);
  near(above, 24.1991338803);
});

test('Welch on logarithms: t.test(log(a), log(b)), its degrees of freedom rounded down', () => {
  const found = welchRatio({
    numerator: [488.1, 495.3, 479.9, 502.2, 490.7],
    denominator: [230.1, 228.4, 233.9, 229.7],
  });
  near(found?.ratio, 2.13080224937);
  near(found?.low, 2.08376455858);
  near(found?.high, 2.17890174167);
});

test('modified z scores: 0.6745 * (x - median(x)) / mad(x, constant = 1)', () => {
  const [only, ...others] = findOutliers([230.1, 231.5, 229.8, 230.6, 251.2, 230.9]);
  assert.deepEqual([only?.index, others.length], [4, 0]);
  near(only?.score, 19.7050357143);
  near(findOutliers([25, 25, 25, 25, 31, 24])[0]?.score, 4.10348571429);
});

test('signed ranks with ties and zeros: all signs enumerated', () => {
  near(signedRankP([1, -1, 2, 2, 3, 4, 4, 5]), 0.0234375);
  near(signedRankP([0, 0, 1, 2, 2, 3, -1, 4]), 0.09375);
  near(signedRankP([0, 3, 3, -3, 5, 5, 7, 0, 9, 1]), 0.0390625);
});

test('rank sums with ties: all choices enumerated', () => {
  near(rankSumP([36, 36, 37, 36], [37, 37, 38, 37, 36]), 0.174603174603);
  near(rankSumP([1, 2, 2, 3], [2, 3, 3, 4, 4]), 0.103174603175);
});
