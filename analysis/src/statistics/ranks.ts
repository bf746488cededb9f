// SPDX-License-Identifier: Apache-2.0
/** Ranks with ties. They are doubled, so that the mean rank of a tie stays a whole number. */

/** Twice the midrank of each value, in the order of `values`; the smallest alone has 2. */
export function doubledMidranks(values: readonly number[]): number[] {
  const order = values
    .map((_, index) => index)
    .sort((a, b) => valueAt(values, a) - valueAt(values, b));
  const ranks = new Array<number>(values.length).fill(0);
  for (let start = 0; start < order.length; ) {
    let end = start;
    const value = valueAt(values, order[start]);
    while (end + 1 < order.length && valueAt(values, order[end + 1]) === value) end += 1;
    // Places start + 1 to end + 1 share their mean, doubled.
    for (let place = start; place <= end; place += 1) ranks[order[place] ?? 0] = start + end + 2;
    start = end + 1;
  }
  return ranks;
}

/** Sizes of the groups of equal values that have two members or more. */
export function tieSizes(values: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].filter((count) => count > 1);
}

function valueAt(values: readonly number[], index: number | undefined): number {
  return values[index ?? -1] ?? Number.NaN;
}
