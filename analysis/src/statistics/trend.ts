// SPDX-License-Identifier: Apache-2.0
/**
 * Whether a series rises or falls in the order in which it was measured.
 *
 * Kendall (1938), A new measure of rank correlation, Biometrika 30, 81-93, against time as Mann
 * (1945), Nonparametric tests against trend, Econometrica 13, 245-259; slope of Theil (1950), A
 * rank-invariant method of linear and polynomial regression analysis, Proc. KNAW 53, and Sen
 * (1968), JASA 63, 1379-1389.
 */
import { median } from './median.js';
import { normalProbability } from './normal.js';
import { tieSizes } from './ranks.js';

/** Up to here, and without ties, the null distribution is counted out. */
const EXACT_MAX = 40;

export interface Trend {
  readonly n: number;
  /** Median of the slopes between all pairs: unit of the values per step. */
  readonly slope: number;
  /** Two-sided, of no trend. */
  readonly p: number;
}

/** Undefined below four values, where no order can be surprising. */
export function trendOf(values: readonly number[]): Trend | undefined {
  const n = values.length;
  if (n < 4) return undefined;
  const slopes: number[] = [];
  let score = 0;
  for (let later = 1; later < n; later += 1) {
    for (let earlier = 0; earlier < later; earlier += 1) {
      const step = (values[later] ?? 0) - (values[earlier] ?? 0);
      slopes.push(step / (later - earlier));
      score += Math.sign(step);
    }
  }
  return { n, slope: median(slopes), p: kendallP(values, score) };
}

/** `score`: pairs that rise less pairs that fall. */
function kendallP(values: readonly number[], score: number): number {
  const n = values.length;
  const ties = tieSizes(values);
  if (n <= EXACT_MAX && ties.length === 0) {
    const inversions = (n * (n - 1)) / 4 - Math.abs(score) / 2;
    const counts = inversionCounts(n);
    const all = counts.reduce((sum, count) => sum + count, 0);
    const tail = counts.slice(0, inversions + 1).reduce((sum, count) => sum + count, 0);
    return Math.min(1, (2 * tail) / all);
  }
  const tied = ties.reduce((sum, size) => sum + size * (size - 1) * (2 * size + 5), 0);
  const variance = (n * (n - 1) * (2 * n + 5) - tied) / 18;
  if (variance === 0) return 1;
  // One pair more or less moves the score by two.
  const distance = Math.max(0, Math.abs(score) - 1);
  return Math.min(1, 2 * normalProbability(-distance / Math.sqrt(variance)));
}

/** Shares of the orders of n values by their number of inversions. */
function inversionCounts(n: number): number[] {
  let counts = [1];
  for (let size = 2; size <= n; size += 1) {
    const next = new Array<number>(counts.length + size - 1).fill(0);
    // Divided as it grows: 40! is beyond what a double counts one by one.
    counts.forEach((count, inversions) => {
      for (let added = 0; added < size; added += 1) {
        next[inversions + added] = (next[inversions + added] ?? 0) + count / size;
      }
    });
    counts = next;
  }
  return counts;
}
