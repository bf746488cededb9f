// SPDX-License-Identifier: Apache-2.0
/** The spread inside groups must not see how unlike the groups are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spreadWithin } from './spread-within.js';
import { summarise } from './summary.js';

test('one group has the common coefficient of variation', () => {
  const values = [2, 4, 4, 4, 5, 5, 7, 9];
  const spread = spreadWithin([values]) ?? Number.NaN;
  assert.ok(Math.abs(spread - (summarise(values).cv ?? 0)) < 1e-12);
});

test('a host that is three times slower adds nothing to the spread', () => {
  const fast = [99, 100, 101];
  const slow = fast.map((value) => value * 3);
  const spread = spreadWithin([fast, slow]) ?? Number.NaN;
  assert.ok(Math.abs(spread - 0.01) < 1e-12, `spread ${spread}`);
  assert.ok((summarise([...fast, ...slow]).cv ?? 0) > 0.5);
});

test('where every group has one value the spread is unknown, not 0', () => {
  assert.equal(spreadWithin([[1], [2], []]), undefined);
  assert.equal(spreadWithin([[-1, 1]]), undefined);
});
