// SPDX-License-Identifier: Apache-2.0
/**
 * Which order statistics enclose the median of a population, whatever its distribution. It knows
 * ranks only, no values.
 *
 * Conover (1999), Practical Nonparametric Statistics, 3rd edition, section 3.2: the number of
 * values below the population's median is binomial with p = 1/2, so P(x[d] <= median <= x[n+1-d])
 * is at least 1 - 2 P(B <= d - 1).
 */
import assert from 'node:assert/strict';

export interface MedianRanks {
  /** Rank of the lower bound, from 1; the upper bound has rank n + 1 - `rank`. */
  readonly rank: number;
  /** Exact for a continuous distribution, a lower bound where values repeat. */
  readonly coverage: number;
}

/**
 * The narrowest ranks that cover at least `coverageMin`, or undefined when even all values do not.
 */
export function medianRanks(n: number, coverageMin: number): MedianRanks | undefined {
  assert(Number.isInteger(n) && n >= 1, 'n is a whole number from 1');
  let best: MedianRanks | undefined;
  let below = 0;
  for (let rank = 1; rank <= n / 2; rank += 1) {
    below += fairCoinProbability(n, rank - 1);
    const coverage = 1 - 2 * below;
    if (coverage < coverageMin) break;
    best = { rank, coverage };
  }
  return best;
}

/**
 * P(B = `successes`) for n throws of a fair coin; in logarithms, since 2^n overflows above 1023.
 */
function fairCoinProbability(n: number, successes: number): number {
  let logChoose = 0;
  for (let step = 1; step <= successes; step += 1) logChoose += Math.log((n - step + 1) / step);
  return Math.exp(logChoose - n * Math.LN2);
}
