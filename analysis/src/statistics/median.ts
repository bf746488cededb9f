// SPDX-License-Identifier: Apache-2.0
/** The middle of a series of numbers. It does not drop or weigh values. */
import assert from 'node:assert/strict';

/** The middle value, or the mean of the two middle ones. `values` holds at least one number. */
export function median(values: readonly number[]): number {
  assert(values.length > 0, 'the median of no values does not exist');
  const sorted = sortedAscending(values);
  const middle = (sorted.length - 1) / 2;
  const lower = sorted[Math.floor(middle)] ?? Number.NaN;
  const upper = sorted[Math.ceil(middle)] ?? Number.NaN;
  return lower + (upper - lower) / 2;
}

/** A sorted copy; the order statistics of the interval need it too. */
export function sortedAscending(values: readonly number[]): number[] {
  return [...values].sort((left, right) => left - right);
}
