// SPDX-License-Identifier: Apache-2.0
/**
 * The signed-rank test of Wilcoxon and the estimate that belongs to it. Inside a block the order of
 * two kernels is drawn by lot, so if they do not differ, the logarithm of their ratio is as likely
 * to be +d as -d, whatever the distribution of the noise: that symmetry is all that is assumed.
 *
 * Wilcoxon (1945), Individual comparisons by ranking methods, Biometrics Bulletin 1, 80-83; zeros
 * as in Pratt (1959), Remarks on zeros and ties in the Wilcoxon signed rank procedures, JASA 54,
 * 655-667; estimate and interval of Hodges and Lehmann (1963), Estimates of location based on rank
 * tests, Annals of Mathematical Statistics 34, 598-611.
 */
import assert from 'node:assert/strict';
import { normalProbability, normalQuantile } from './normal.js';
import { ascendingAt } from './order-select.js';
import { doubledMidranks } from './ranks.js';

/** Up to here the null distribution is counted out; it grows with the cube of n. */
const EXACT_MAX = 60;

/** Centre and interval of a symmetric distribution, in the unit of the values. */
export interface ShiftEstimate {
  readonly centre: number;
  readonly low: number;
  readonly high: number;
  /** Exact for continuous values up to n = 60. */
  readonly coverage: number;
}

/**
 * Two-sided p of the hypothesis that `values` lie symmetrically around 0. Exact up to n = 60, with
 * ties and zeros too (the distribution is that of the ranks at hand); 1 without a value.
 */
export function signedRankP(values: readonly number[]): number {
  if (values.length === 0) return 1;
  const magnitudes = doubledMidranks(values.map(Math.abs));
  const ranks = magnitudes.filter((_, index) => values[index] !== 0);
  const positive = magnitudes.reduce(
    (sum, rank, index) => ((values[index] ?? 0) > 0 ? sum + rank : sum),
    0,
  );
  if (ranks.length === 0) return 1;
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const smaller = Math.min(positive, total - positive);
  if (values.length > EXACT_MAX) {
    const variance = ranks.reduce((sum, rank) => sum + (rank / 2) ** 2, 0);
    // Half a rank towards the middle, since ranks are whole numbers.
    const distance = Math.max(0, total / 4 - smaller / 2 - 0.5);
    return Math.min(1, 2 * normalProbability(-distance / Math.sqrt(variance / 4)));
  }
  // Doubled ranks without ties and zeros are 2, 4, ..., 2 n, whatever the values.
  const isPlain = ranks.length === values.length && new Set(ranks).size === ranks.length;
  const tail = isPlain ? plainTails(values.length)[smaller / 2] : tailsOf(ranks)[smaller];
  return Math.min(1, 2 * (tail ?? 1));
}

/**
 * The Hodges-Lehmann centre (median of the means of all pairs, each value with itself too) with the
 * narrowest interval of at least `coverageMin`. Undefined where n is too small for that: below 6
 * for 95 %, below 5 for 90 %.
 */
export function hodgesLehmann(
  values: readonly number[],
  coverageMin: number,
): ShiftEstimate | undefined {
  const depth = depthFor(values.length, coverageMin);
  if (depth === undefined) return undefined;
  const means = walshAverages(values);
  const low = ascendingAt(means, depth.rank - 1);
  const high = ascendingAt(means, means.length - depth.rank);
  return { centre: middleOf(means), low, high, coverage: depth.coverage };
}

/** The centre alone, which exists from one value on. */
export function hodgesLehmannCentre(values: readonly number[]): number {
  assert(values.length > 0, 'no values have no centre');
  return middleOf(walshAverages(values));
}

/** As `median` reckons it, in less time; it changes the order of `means`. */
function middleOf(means: number[]): number {
  const middle = (means.length - 1) / 2;
  const lower = ascendingAt(means, Math.floor(middle));
  const upper = ascendingAt(means, Math.ceil(middle));
  return lower + (upper - lower) / 2;
}

function walshAverages(values: readonly number[]): number[] {
  const means: number[] = [];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    for (let later = index; later < values.length; later += 1) {
      means.push(value + ((values[later] as number) - value) / 2);
    }
  }
  return means;
}

const depths = new Map<string, { rank: number; coverage: number } | undefined>();

/**
 * How many pair means from either end the interval begins, and what it covers; it depends on n
 * alone. Undefined where n is too small.
 */
export function depthFor(
  n: number,
  coverageMin: number,
): { readonly rank: number; readonly coverage: number } | undefined {
  const key = `${n} ${coverageMin}`;
  if (!depths.has(key)) depths.set(key, findDepth(n, coverageMin));
  return depths.get(key);
}

function findDepth(n: number, coverageMin: number): { rank: number; coverage: number } | undefined {
  if (n < 1) return undefined;
  if (n > EXACT_MAX) {
    const pairs = (n * (n + 1)) / 2;
    const reach = normalQuantile(0.5 + coverageMin / 2);
    const variance = (n * (n + 1) * (2 * n + 1)) / 24;
    return { rank: Math.floor(pairs / 2 - reach * Math.sqrt(variance)), coverage: coverageMin };
  }
  const tails = plainTails(n);
  let best: { rank: number; coverage: number } | undefined;
  for (let rank = 1; rank <= tails.length / 2; rank += 1) {
    const coverage = 1 - 2 * (tails[rank - 1] ?? 1);
    if (coverage < coverageMin) break;
    best = { rank, coverage };
  }
  return best;
}

/** How many subsets of `ranks` (whole numbers) have each sum; place 0 is the empty one. */
function subsetSums(ranks: readonly number[]): number[] {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const counts = new Array<number>(total + 1).fill(0);
  counts[0] = 1;
  let reached = 0;
  for (const rank of ranks) {
    reached += rank;
    for (let sum = reached; sum >= rank; sum -= 1) {
      counts[sum] = (counts[sum] ?? 0) + (counts[sum - rank] ?? 0);
    }
  }
  return counts;
}

/** Of the null distribution of `ranks`: the chance of each sum or a smaller one. */
function tailsOf(ranks: readonly number[]): number[] {
  const counts = subsetSums(ranks);
  const all = counts.reduce((total, count) => total + count, 0);
  let below = 0;
  return counts.map((count) => {
    below += count;
    return below / all;
  });
}

const tailsByCount = new Map<number, readonly number[]>();

/** Of the ranks 1 to n, n at most 60. */
function plainTails(n: number): readonly number[] {
  const known = tailsByCount.get(n) ?? tailsOf(Array.from({ length: n }, (_, index) => index + 1));
  tailsByCount.set(n, known);
  return known;
}
