// SPDX-License-Identifier: Apache-2.0
/** The median of odd, even and unsorted series. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, sortedAscending } from './median.js';

test('the median is the middle value, or the mean of the two middle ones', () => {
  assert.equal(median([5]), 5);
  assert.equal(median([9, 100, 10]), 10);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

test('sorting is by size, not by text, and leaves the series alone', () => {
  const series = [10, 9, -1];
  assert.deepEqual(sortedAscending(series), [-1, 9, 10]);
  assert.deepEqual(series, [10, 9, -1]);
});

test('no values have no median', () => {
  assert.throws(() => median([]), /does not exist/);
});
