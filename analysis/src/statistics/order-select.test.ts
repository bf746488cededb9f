// SPDX-License-Identifier: Apache-2.0
/** Every place of series with and without ties, against the sorted series. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sortedAscending } from './median.js';
import { ascendingAt } from './order-select.js';
import { randomSource } from './random-source.js';

const SEED = 20_261_127;

for (const levels of [1, 3, 1e9]) {
  test(`each place of series with ${levels} possible values is found (seed ${SEED})`, () => {
    const random = randomSource(SEED);
    for (let length = 1; length <= 40; length += 1) {
      const values = Array.from({ length }, () => Math.floor(random() * levels));
      const sorted = sortedAscending(values);
      const found = sorted.map((_, place) => ascendingAt([...values], place));
      assert.deepEqual(found, sorted);
      // One array serves many places, in any order.
      const shared = [...values];
      const again = sorted.map((_, place) => ascendingAt(shared, length - 1 - place));
      assert.deepEqual(again, sorted.toReversed());
    }
  });
}
