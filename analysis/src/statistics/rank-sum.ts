// SPDX-License-Identifier: Apache-2.0
/**
 * The rank-sum test for two independent series, for what no block pairs.
 *
 * Wilcoxon (1945), Individual comparisons by ranking methods, Biometrics Bulletin 1, 80-83; Mann
 * and Whitney (1947), On a test of whether one of two random variables is stochastically larger
 * than the other, Annals of Mathematical Statistics 18, 50-60.
 */
import { normalProbability } from './normal.js';
import { doubledMidranks, tieSizes } from './ranks.js';

/** Both sides together; up to here the null distribution is counted out, with ties too. */
const EXACT_MAX = 60;

/**
 * Two-sided p of the hypothesis that both series come from one distribution; 1 with an empty one.
 * Exact up to 60 values together, which is why 3 against 3 never falls below 0.1; beyond that the
 * normal approximation with correction for ties and continuity.
 */
export function rankSumP(one: readonly number[], other: readonly number[]): number {
  if (one.length === 0 || other.length === 0) return 1;
  const all = [...one, ...other];
  const ranks = doubledMidranks(all);
  const sum = ranks.slice(0, one.length).reduce((total, rank) => total + rank, 0);
  const centre = one.length * (all.length + 1);
  const distance = Math.abs(sum - centre);
  if (all.length > EXACT_MAX) return approximateP({ one, other, distance: distance / 2 });
  const counts = sumsOfSubsets(ranks, one.length);
  let extreme = 0;
  let total = 0;
  counts.forEach((count, place) => {
    total += count;
    if (Math.abs(place - centre) >= distance) extreme += count;
  });
  return extreme / total;
}

function approximateP(parts: {
  readonly one: readonly number[];
  readonly other: readonly number[];
  readonly distance: number;
}): number {
  const { one, other, distance } = parts;
  const n = one.length + other.length;
  const ties = tieSizes([...one, ...other]).reduce((sum, size) => sum + size ** 3 - size, 0);
  const variance = ((one.length * other.length) / 12) * (n + 1 - ties / (n * (n - 1)));
  if (variance === 0) return 1;
  const reach = Math.max(0, distance - 0.5) / Math.sqrt(variance);
  return Math.min(1, 2 * normalProbability(-reach));
}

/** How many subsets of exactly `size` ranks have each sum. */
function sumsOfSubsets(ranks: readonly number[], size: number): number[] {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const bySize = Array.from({ length: size + 1 }, () => new Array<number>(total + 1).fill(0));
  (bySize[0] as number[])[0] = 1;
  for (const rank of ranks) {
    for (let members = size; members >= 1; members -= 1) {
      const target = bySize[members] as number[];
      const source = bySize[members - 1] as number[];
      for (let sum = total; sum >= rank; sum -= 1) {
        target[sum] = (target[sum] ?? 0) + (source[sum - rank] ?? 0);
      }
    }
  }
  return bySize[size] as number[];
}
