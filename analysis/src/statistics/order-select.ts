// SPDX-License-Identifier: Apache-2.0
/**
 * One value of a series by its place in ascending order, without sorting the rest.
 *
 * Hoare (1961), Algorithm 65: find, Communications of the ACM 4, 321-322.
 */

/** `place` counts from 0 and lies inside `values`, whose order changes. */
export function ascendingAt(values: number[], place: number): number {
  let first = 0;
  let last = values.length - 1;
  while (first < last) {
    const pivot = values[(first + last) >> 1] as number;
    let low = first;
    let high = last;
    while (low <= high) {
      while ((values[low] as number) < pivot) low += 1;
      while ((values[high] as number) > pivot) high -= 1;
      if (low > high) break;
      [values[low], values[high]] = [values[high] as number, values[low] as number];
      low += 1;
      high -= 1;
    }
    if (place <= high) last = high;
    else if (place >= low) first = low;
    else break;
  }
  return values[place] as number;
}
