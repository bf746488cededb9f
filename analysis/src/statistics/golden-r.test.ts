// SPDX-License-Identifier: Apache-2.0
/**
 * Each estimator against R 4.2.2, an independent source: `wilcox.test`, `p.adjust`, `cor.test`,
 * `pnorm`, `qnorm`, `kruskal.test` by full enumeration, package boot 1.3-28.1, and Fieller's bounds
 * as the roots of R's own t test. Exact ones agree to nine digits; those by random numbers to what
 * the draws leave open, which stands beside them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bcaInterval, percentileInterval, stretchedForFewUnits } from './bootstrap.js';
import { fiellerInterval } from './fieller.js';
import { groupsAgreeP } from './group-agreement.js';
import { holmAdjusted } from './holm.js';
import { medianInterval } from './median-interval.js';
import { normalProbability, normalQuantile } from './normal.js';
import { rankSumP } from './rank-sum.js';
import { hodgesLehmann, signedRankP } from './signed-rank.js';
import { meanOf } from './summary.js';
import { trendOf } from './trend.js';

const X = [0.0213, 0.0187, 0.0301, 0.0254, 0.0109, 0.0275, -0.0042, 0.0198, 0.0333, 0.0151];
const Y = [0.0113, 0.0221, 0.0081, 0.0032, 0.0164, -0.0102];

function near(actual: number | undefined, expected: number, tolerance = 1e-9): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= tolerance,
    `${actual} is not ${expected} within ${tolerance}`,
  );
}

test('signed ranks, their centre and interval: wilcox.test(x, conf.int = TRUE)', () => {
  near(signedRankP(X), 0.00390625);
  const ten = hodgesLehmann(X, 0.95);
  near(ten?.centre, 0.02055);
  near(ten?.low, 0.01165);
  near(ten?.high, 0.0273);
  near(signedRankP(Y), 0.15625);
  const six = hodgesLehmann(Y, 0.95);
  near(six?.centre, 0.0097);
  near(six?.low, -0.0102);
  near(six?.high, 0.0221);
});

test('beyond 60 values the normal approximation of R is met', () => {
  const values = Array.from(
    { length: 70 },
    (_, index) => normalQuantile((index + 1 - 0.37) / 70.3) * 0.5 + 0.1,
  );
  near(signedRankP(values), 0.105005932409, 1e-9);
  const even = values.filter((_, index) => index % 2 === 1);
  const odd = values.filter((_, index) => index % 2 === 0).map((value) => value + 0.05);
  near(rankSumP(even, odd), 0.897193846482, 1e-9);
});

test('rank sums: wilcox.test(x, y)', () => {
  near(rankSumP(X, Y), 0.0726773226773, 1e-12);
  near(rankSumP([1, 2, 3], [4, 5, 6]), 0.1, 1e-12);
});

test('Holm: p.adjust', () => {
  const adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005, 0.2]);
  for (const [index, expected] of [0.04, 0.09, 0.09, 0.025, 0.2].entries()) {
    near(adjusted[index], expected, 1e-12);
  }
});

test('trend: cor.test(method = "kendall") and the median of all slopes', () => {
  const trend = trendOf([3.1, 2.9, 3.4, 3.3, 3.8, 3.6, 4.1, 3.9]);
  near(trend?.p, 0.0141369047619, 1e-12);
  near(trend?.slope, 0.15);
  near(trendOf([3, 3, 4, 4, 5, 4, 5, 6])?.p, 0.0096201687266, 1e-9);
});

test('the normal distribution: pnorm and qnorm', () => {
  near(normalProbability(-3.5) / 2.32629079036e-4, 1, 1e-11);
  near(normalProbability(1.2), 0.884930329778, 1e-12);
  near(normalProbability(-6.2) / 2.82315803704e-10, 1, 1e-11);
  near(normalQuantile(0.9), 1.28155156554, 1e-11);
  near(normalQuantile(0.975), 1.95996398454, 1e-11);
  near(normalQuantile(0.0001), -3.71901648546, 1e-11);
});

test('agreement of groups: all 1,680 arrangements, by enumeration in R', () => {
  const groups = [
    [1.2, 1.5, 1.1],
    [1.9, 2.2, 1.8],
    [1.6, 1.3, 2.5],
  ];
  // 168 of 1,680; stopped after 50 extreme draws of some 500, three standard errors are 0.04.
  near(groupsAgreeP(groups, 1), 0.1, 0.04);
});

test('Fieller: the roots of t.test(num - r * den)', () => {
  const numerators = [12.1, 10.9, 13.2, 11.8, 12.6, 11.5];
  const denominators = [40.2, 38.9, 41.5, 40.8, 39.7, 40.1];
  const units = numerators.map((numerator, index) => ({
    numerator,
    denominator: denominators[index] ?? 0,
  }));
  const found = fiellerInterval(units, 0.95);
  near(found?.ratio, 0.298922056385);
  near(found?.low, 0.281806301848);
  near(found?.high, 0.315649337414);
  const noGap = units.map(({ numerator }, index) => ({ numerator, denominator: index - 2.5 }));
  assert.equal(fiellerInterval(noGap, 0.95), undefined);
});

test('bootstrap: boot.ci(type = c("perc", "bca")) of 200,000 draws', () => {
  const skewed = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89];
  const options = { statistic: meanOf, coverage: 0.95, draws: 50_000, seed: 3 };
  const percentile = percentileInterval({ ...options, units: skewed });
  near(percentile?.low, 8.2, 0.3);
  near(percentile?.high, 41.7, 0.6);
  const bca = bcaInterval({ ...options, units: skewed });
  near(bca?.low, 10.2, 0.3);
  near(bca?.high, 46.6, 0.8);
  const mild = bcaInterval({ ...options, units: X });
  near(mild?.low, 0.0117, 0.0003);
  near(mild?.high, 0.0249, 0.0003);
});

test('bootstrap of few units: qt(0.975, n - 1) * sqrt(n / (n - 1)) / qnorm(0.975)', () => {
  // For BCa with n / (n - 1) in place of its root.
  const interval = { low: 1, high: 4 };
  for (const [kind, units, factor] of [
    ['percentile', 6, 1.43672605048],
    ['percentile', 10, 1.2166157331],
    ['bca', 6, 1.5738545336],
    ['bca', 10, 1.2824255846],
  ] as const) {
    const of = { kind, observed: 2, units, coverage: 0.95 };
    const { low, high } = stretchedForFewUnits(interval, of);
    near(2 - low, factor);
    near(high - 2, 2 * factor);
  }
});

test('interpolated order statistics, by the formula of Hettmansperger and Sheather in R', () => {
  const ten = medianInterval(X, 'linear');
  assert(ten.method === 'order-statistic');
  near(ten.low, 0.0136621621622);
  near(ten.high, 0.0283900900901);
  const six = medianInterval(Y, 'linear');
  assert(six.method === 'order-statistic');
  near(six.low, -0.00541428571429);
  near(six.high, 0.02006428571429);
});
