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
  for (let rank = 1; rank <= n / 2; rank += 1) {
    const coverage = coverageOfRank(n, rank);
    if (coverage < coverageMin) break;
    best = { rank, coverage };
  }
  return best;
}

const coverages = new Map<number, number[]>();

/** With which probability x[rank] and x[n + 1 - rank] enclose the median; 0 beyond the middle. */
export function coverageOfRank(n: number, rank: number): number {
  let known = coverages.get(n);
  if (known === undefined) {
    let below = 0;
    known = Array.from({ length: Math.floor(n / 2) }, (_, index) => {
      below += fairCoinProbability(n, index);
      return 1 - 2 * below;
    });
    coverages.set(n, known);
  }
  return known[rank - 1] ?? 0;
}

/**
 * P(B = `successes`) for n throws of a fair coin; in logarithms, since 2^n overflows above 1023.
 */
function fairCoinProbability(n: number, successes: number): number {
  let logChoose = 0;
  for (let step = 1; step <= successes; step += 1) logChoose += Math.log((n - step + 1) / step);
  return Math.exp(logChoose - n * Math.LN2);
}
