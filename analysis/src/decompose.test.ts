// SPDX-License-Identifier: Apache-2.0
/** Shares of a difference: block-paired, same unit only, and the sum shown rather than assumed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Metric } from '@labsweep/proto';
import { analyseSweep } from './analyse-sweep.js';
import type { Decomposition } from './decompose.js';
import { buildRecord } from './testing/record-builder.js';
import { qemuRow } from './testing/sample-records.js';

const METRICS: readonly Metric[] = [
  { name: 'total', unit: 'ns', direction: 'lower', meaning: '' },
  { name: 'first', unit: 'ns', direction: 'lower', meaning: '' },
  { name: 'second', unit: 'ns', direction: 'lower', meaning: '' },
  { name: 'faults', unit: '1', direction: 'lower', meaning: '' },
  { name: 'clock', unit: 'ns', direction: 'none', meaning: '' },
];

/**
 * `a` takes 100 + 100; `b` adds 10 in the first part and 30 in the second, on hosts of any speed.
 */
function decompositions(
  total: (first: number, second: number) => number,
): readonly Decomposition[] {
  const record = buildRecord({
    seed: 1,
    repetitions: 3,
    baseline: 'a',
    metrics: METRICS,
    rows: [qemuRow(1, { kernels: ['a', 'b'] })],
    values: ({ kernel, repetition }) => {
      const first = (kernel === 'b' ? 110 : 100) + repetition;
      const second = (kernel === 'b' ? 130 : 100) * 1;
      return { total: total(first, second), first, second, faults: 7, clock: 1 };
    },
  });
  return analyseSweep(record).rows[0]?.decompositions ?? [];
}

test('the parts of one unit share the difference, the largest first', () => {
  const [only, ...others] = decompositions((first, second) => first + second);
  assert.equal(others.length, 0);
  assert.deepEqual(
    only?.parts.map(({ metric, share, difference }) => [metric, share, difference.median]),
    [
      ['second', 0.75, 30],
      ['first', 0.25, 10],
    ],
  );
  assert.equal(only?.primaryDifference.median, 40);
  assert.equal(only?.sumShare, 1);
});

test('parts that do not add up show it in their sum', () => {
  const [only] = decompositions((first, second) => 2 * (first + second));
  assert.equal(only?.sum, 40);
  assert.equal(only?.sumShare, 0.5);
});

test('without a clear difference nothing is shared out', () => {
  assert.deepEqual(
    decompositions(() => 200),
    [],
  );
});
