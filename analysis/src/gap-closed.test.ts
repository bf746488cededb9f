// SPDX-License-Identifier: Apache-2.0
/**
 * Gap closed: the formula inside blocks, its refusals, and the warning where mean and median part.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from './analyse-sweep.js';
import type { GapClosed } from './gap-closed.js';
import { buildRecord } from './testing/record-builder.js';
import type { RecordOptions } from './testing/record-options.js';
import { statedSweep } from './testing/sample-records.js';

const GAP = { good: 'good', bad: 'bad', candidate: 'fix' };

function closedBy(
  values: Readonly<Record<string, readonly number[]>>,
  change: Partial<RecordOptions> = {},
): GapClosed {
  const [row] = analyseSweep(buildRecord(statedSweep(values, { gap: GAP, ...change }))).rows;
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

/** Eight values that are never alike, around a level. */
const around = (level: number, step = 0.1) =>
  [0, 1, -1, 2, -2, 3, -3, 1].map((noise) => level + step * noise);

test('a bad kernel that is better than the good one leaves no gap', () => {
  const better = closedBy({ good: around(200), bad: around(100.03), fix: around(150) });
  assert.equal(reasonOf(better), 'bad is better than good, so there is no gap to close');
  const rate = { name: 'ns', unit: '1/s', direction: 'higher', meaning: '' } as const;
  const values = { good: around(200), bad: around(100.03), fix: around(150) };
  assert.equal(closedBy(values, { metrics: [rate] }).kind, 'closed');
});

test('a gap below what the good kernel differs by from itself is refused', () => {
  const values = {
    good: around(100),
    bad: around(103.03),
    fix: around(101),
    'good.again': around(101, 1.7),
  };
  assert.equal(closedBy(values).kind, 'closed');
  const floor = /^the gap of 3\.0% is below the noise floor of \d+\.\d%$/;
  assert.match(reasonOf(closedBy(values, { again: 'good.again' })), floor);
});

test('a gap without a verdict among all comparisons of the report is refused', () => {
  const differences = [5, 6, 7, 8, 9, 10, -1, -2];
  const from = (part: number) => differences.map((each) => 100 + part * each);
  const values = { good: from(0), bad: from(1), fix: from(0.5) };
  const reason = reasonOf(closedBy(values));
  assert.match(reason, /^bad against good is undecided: p = 0\.039 alone, 0\.078 among 2/);
});

test('where no verdict is possible at all, the interval of the gap alone decides', () => {
  const six = (level: number) => around(level).slice(0, 6);
  const closed = closedBy({ good: six(100), bad: six(110.03), fix: six(105.04) });
  assert.equal(closed.kind, 'closed', '2 / 2^6 is not below 0.05 / 2');
});
