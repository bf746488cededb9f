// SPDX-License-Identifier: Apache-2.0
/**
 * Whether groups of values, such as the ratios seen on each host, can have one centre.
 *
 * Kruskal and Wallis (1952), Use of ranks in one-criterion variance analysis, JASA 47, 583-621; the
 * null distribution by permutation (Pitman 1937), since groups of few blocks are the rule and the
 * chi-squared approximation fails there.
 */
import { randomSource } from './random-source.js';
import { doubledMidranks } from './ranks.js';

const PERMUTATIONS = 1999;
/**
 * With so many draws as extreme as what was seen, p is known well enough to be called large (Besag
 * and Clifford 1991, Sequential Monte Carlo p-values, Biometrika 78, 301-304).
 */
const EXTREMES_ENOUGH = 50;

/** Values of one group, and how far rounding may have moved them all to either side. */
export interface RoundedGroup {
  readonly values: readonly number[];
  readonly centre: number;
  readonly reach: number;
}

/** Differences below it are of the arithmetic, and no order of values. */
const GRAIN = 1e-12;

/**
 * Of all that rounding may have done, p takes what leaves the groups most alike: each is moved
 * toward the one value that is nearest to all of them, as far as its reach. Groups whose centres it
 * may have moved apart have no difference at all. Without any reach p is that of the values as they
 * are.
 */
export function groupsAgreeBeyondRounding(
  groups: readonly RoundedGroup[],
  seed: number,
): number | undefined {
  const telling = groups.filter(({ values }) => values.length >= 2);
  if (telling.length < 2) return undefined;
  const isFine = telling.every(({ reach }) => reach === 0);
  if (isFine || !telling.every(({ centre }) => Number.isFinite(centre))) {
    return groupsAgreeP(
      telling.map(({ values }) => values),
      seed,
    );
  }
  const low = Math.max(...telling.map(({ centre, reach }) => centre - reach));
  const high = Math.min(...telling.map(({ centre, reach }) => centre + reach));
  if (low <= high) return 1;
  const moved = telling.map(({ values, centre, reach }) => {
    const away = (low + high) / 2 - centre;
    const by = Math.sign(away) * Math.min(Math.abs(away), reach);
    return values.map((value) => Math.round((value + by) / GRAIN));
  });
  return groupsAgreeP(moved, seed);
}

/**
 * Two-sided p of one common distribution; undefined with fewer than two groups of two values. The
 * permutations are drawn from `seed`, so the same groups give the same p.
 */
export function groupsAgreeP(
  groups: readonly (readonly number[])[],
  seed: number,
): number | undefined {
  const telling = groups.filter((group) => group.length >= 2);
  if (telling.length < 2) return undefined;
  const ranks = doubledMidranks(telling.flat());
  const sizes = telling.map((group) => group.length);
  const observed = between(ranks, sizes);
  const random = randomSource(seed);
  const shuffled = [...ranks];
  let extreme = 0;
  for (let draw = 1; draw <= PERMUTATIONS; draw += 1) {
    shuffle(shuffled, random);
    // Sums of whole numbers and few divisions: equal arrangements differ by a rounding at most.
    if (between(shuffled, sizes) < observed - 1e-9 * Math.abs(observed)) continue;
    extreme += 1;
    if (extreme === EXTREMES_ENOUGH) return extreme / draw;
  }
  return (extreme + 1) / (PERMUTATIONS + 1);
}

/** Grows with the statistic of Kruskal and Wallis, of which only the order matters here. */
function between(ranks: readonly number[], sizes: readonly number[]): number {
  let start = 0;
  let total = 0;
  for (const size of sizes) {
    let sum = 0;
    for (let index = start; index < start + size; index += 1) sum += ranks[index] ?? 0;
    total += sum ** 2 / size;
    start += size;
  }
  return total;
}

function shuffle(values: number[], random: () => number): void {
  for (let last = values.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [values[last], values[other]] = [values[other] as number, values[last] as number];
  }
}
