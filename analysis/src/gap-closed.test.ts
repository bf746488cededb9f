// SPDX-License-Identifier: Apache-2.0
/**
 * Gap closed: the formula inside blocks, its refusals, and the warning where mean and median part.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from './analyse-sweep.js';
import type { GapClosed } from './gap-closed.js';
import { buildRecord } from './testing/record-builder.js';
import { statedSweep } from './testing/sample-records.js';

const GAP = { good: 'good', bad: 'bad', candidate: 'fix' };

function closedBy(values: Readonly<Record<string, readonly number[]>>): GapClosed {
  const [row] = analyseSweep(buildRecord(statedSweep(values, { gap: GAP }))).rows;
  assert.ok(row?.gapClosed !== undefined);
  return row.gapClosed;
}

function reasonOf(closed: GapClosed): string {
  return closed.kind === 'refused' ? closed.reason : 'not refused';
}

test('the share is computed in each block, so unlike hosts agree on it', () => {
  const closed = closedBy({
    good: [100, 200, 300],
    bad: [200, 400, 600],
    fix: [175, 350, 525],
  });
  assert.equal(closed.kind, 'closed');
  assert.equal(closed.fraction.median, 0.25);
  assert.equal(closed.fraction.n, 3);
  assert.equal(closed.fraction.interval.method, 'student-t-linear');
  assert.equal(closed.storyDistancePoints, undefined);
});

test('a candidate that is worse than bad has a negative share', () => {
  const closed = closedBy({ good: [100, 101], bad: [200, 202], fix: [210, 212.1] });
  assert.equal(closed.kind === 'closed' && closed.fraction.median.toFixed(3), '-0.100');
});

test('mean and median that differ by more than five points are told apart', () => {
  const closed = closedBy({
    good: [100, 100, 100, 100, 100],
    bad: [200, 200, 200, 200, 200],
    fix: [150, 150, 150, 150, 200],
  });
  assert.equal(closed.kind, 'closed');
  assert.equal(closed.byMedians, 0.5);
  assert.equal(closed.byMeans?.toFixed(3), '0.400');
  assert.equal(closed.storyDistancePoints?.toFixed(3), '10.000');
});

test('a gap that is not clearly there is refused', () => {
  const noisy = { good: [100, 101, 99], bad: [101, 100, 100], fix: [50, 50, 50] };
  assert.equal(reasonOf(closedBy(noisy)), 'no clear difference between bad and good');
});

test('too few blocks, absent kernels and zeros are refused, each with its reason', () => {
  const one = { good: [100], bad: [200], fix: [150] };
  assert.equal(reasonOf(closedBy(one)), 'fewer than two blocks have both ends of the gap');
  assert.equal(reasonOf(closedBy({ good: [1, 1], bad: [2, 2] })), 'the row does not run fix');
  const zero = { good: [0, 0], bad: [2, 2], fix: [1, 1] };
  assert.equal(reasonOf(closedBy(zero)), 'a value is not positive');
  const lone = { good: [100, 100], bad: [200, 201], fix: [150] };
  assert.equal(reasonOf(closedBy(lone)), 'n=1, no interval');
});

test('a block whose gap is exactly 0 is refused although the gap is clear over all', () => {
  const good = Array.from({ length: 10 }, () => 100);
  const bad = [100, ...Array.from({ length: 9 }, (_, index) => 200 + index)];
  assert.equal(reasonOf(closedBy({ good, bad, fix: good })), 'in some block the gap is exactly 0');
});
