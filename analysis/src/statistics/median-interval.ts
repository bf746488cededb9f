// SPDX-License-Identifier: Apache-2.0
/**
 * The 95 % interval of the median of a series, with the method that gave it. It is honest at small
 * n: where no interval exists it says so and gives none.
 */
import assert from 'node:assert/strict';
import { sortedAscending } from './median.js';
import { coverageOfRank, type MedianRanks, medianRanks } from './order-statistics.js';
import { studentTQuantile } from './student-t.js';
import { meanOf, standardDeviation } from './summary.js';

/** The least probability with which an interval shall enclose the median. */
export const COVERAGE_MIN = 0.95;

/**
 * Two wildly different values reach beyond every double; JSON knows no infinity, not even times
 * 100.
 */
const BOUND_MAX = 1e300;

/** How an interval came about; the notes of a report explain each of them. */
export type IntervalMethod =
  | 'signed-rank'
  | 'order-statistic'
  | 'student-t-log'
  | 'student-t-linear';

export type MedianInterval =
  | {
      readonly method: IntervalMethod;
      readonly low: number;
      readonly high: number;
      /** Exact for signed ranks; nominal for order statistics and for Student's t. */
      readonly coverage: number;
    }
  | { readonly method: 'none'; readonly reason: string };

/**
 * From n = 6 on: order statistics, free of any distribution (Conover 1999). Two neighbouring ones
 * are interpolated, since whole ranks would cover up to 99 % at small n (Hettmansperger and
 * Sheather 1986, Confidence intervals based on interpolated order statistics, Statistics and
 * Probability Letters 4, 75-79); the coverage is then nominal, and nearly free of the distribution.
 * No such interval reaches 95 % below n = 6 (n = 5 gives 93.75 %), so n = 2 to 5 use Student's t
 * (Student 1908). The `log` scale fits positive values whose errors are proportional: it is left
 * for the linear one when a value is not positive. Differences and shares, which may have either
 * sign, ask for `linear` from the start: on logs, an interval of values that happen to be positive
 * could never include 0.
 */
export function medianInterval(values: readonly number[], scale: 'log' | 'linear'): MedianInterval {
  const ranks = values.length > 0 ? medianRanks(values.length, COVERAGE_MIN) : undefined;
  if (ranks !== undefined) return interpolated(sortedAscending(values), ranks);
  if (values.length < 2) return { method: 'none', reason: `n=${values.length}, no interval` };
  if (scale === 'linear' || values.some((value) => value <= 0)) {
    return { method: 'student-t-linear', ...studentInterval(values), coverage: COVERAGE_MIN };
  }
  return { method: 'student-t-log', ...logInterval(values), coverage: COVERAGE_MIN };
}

/** By what rounding may have moved all values alike, to either side. */
export function widerBy(interval: MedianInterval, hidden: number): MedianInterval {
  if (interval.method === 'none' || hidden === 0) return interval;
  return { ...interval, low: interval.low - hidden, high: interval.high + hidden };
}

/** Between the ranks that cover enough and the next ones inwards, which do not. */
function interpolated(sorted: readonly number[], { rank, coverage }: MedianRanks): MedianInterval {
  const n = sorted.length;
  const inner = coverageOfRank(n, rank + 1);
  const part = (coverage - COVERAGE_MIN) / (coverage - inner);
  const weight = ((n - rank) * part) / (rank + (n - 2 * rank) * part);
  const between = (outerRank: number, innerRank: number): number => {
    const [outer, next] = [sorted[outerRank - 1], sorted[innerRank - 1]];
    assert(outer !== undefined && next !== undefined, 'ranks lie inside the series');
    return outer + weight * (next - outer);
  };
  const low = between(rank, rank + 1);
  const high = between(n + 1 - rank, n - rank);
  return { method: 'order-statistic', low, high, coverage: COVERAGE_MIN };
}

function logInterval(values: readonly number[]): { low: number; high: number } {
  const [first] = values;
  // Through a logarithm and back a value may change by a rounding; equal values shall stay equal.
  if (first !== undefined && values.every((value) => value === first)) {
    return { low: first, high: first };
  }
  const { low, high } = studentInterval(values.map(Math.log));
  return { low: Math.exp(low), high: Math.min(Math.exp(high), BOUND_MAX) };
}

function studentInterval(values: readonly number[]): { low: number; high: number } {
  const quantile = studentTQuantile({
    coverage: COVERAGE_MIN,
    degreesOfFreedom: values.length - 1,
  });
  const stdev = standardDeviation(values);
  assert(stdev !== undefined, 'two values have a spread');
  const reach = (quantile * stdev) / Math.sqrt(values.length);
  const mean = meanOf(values);
  return { low: mean - reach, high: mean + reach };
}
