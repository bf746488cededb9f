// SPDX-License-Identifier: Apache-2.0
/**
 * Corrects the p values of one report for their number.
 *
 * Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of
 * Statistics 6, 65-70.
 */

/**
 * Adjusted p values in the order given: each may be held against the level that the whole family
 * shall keep, whatever the dependence among them.
 */
export function holmAdjusted(ps: readonly number[]): number[] {
  const order = ps.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(ps.length).fill(1);
  let largest = 0;
  order.forEach(({ p, index }, place) => {
    largest = Math.max(largest, Math.min(1, p * (ps.length - place)));
    adjusted[index] = largest;
  });
  return adjusted;
}
