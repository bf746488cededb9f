// SPDX-License-Identifier: Apache-2.0
/** Ratios inside blocks: the host cancels out, and nothing is claimed without an interval. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BlockId, HostId, KernelName } from '@labsweep/proto';
import { type Comparison, compareKernels } from './compare.js';
import type { Series } from './series.js';

function series(values: readonly (number | undefined)[]): Series {
  return values.flatMap((value, index) =>
    value === undefined
      ? []
      : [
          {
            block: `r${index + 1}` as BlockId,
            host: 'h' as HostId,
            repetition: index + 1,
            value,
            startedAtMs: index,
            provisional: false,
          },
        ],
  );
}

function compare(
  kernel: readonly (number | undefined)[],
  baseline: readonly (number | undefined)[],
  direction: 'lower' | 'higher' | 'none' = 'lower',
): Comparison {
  const baselineName = 'base' as KernelName;
  return compareKernels({
    kernel: series(kernel),
    baseline: series(baseline),
    baselineName,
    direction,
  });
}

function verdictOf(comparison: Comparison): string {
  return comparison.kind === 'compared' ? comparison.direction : comparison.kind;
}

test('hosts that differ by a factor of five do not hide a difference of 10 %', () => {
  const comparison = compare([110, 221, 549], [100, 200, 500]);
  assert.equal(comparison.kind, 'compared');
  assert.deepEqual(
    comparison.ratios.map((ratio) => ratio.toFixed(3)),
    ['1.100', '1.105', '1.098'],
  );
  assert.equal(comparison.changePercent.estimate.toFixed(1), '10.1');
  assert.equal(comparison.direction, 'slower');
});

test('the words follow the direction of the metric', () => {
  const [high, low] = [
    [200, 201, 202],
    [100, 100, 100],
  ];
  assert.equal(verdictOf(compare(high, low, 'lower')), 'slower');
  assert.equal(verdictOf(compare(low, high, 'lower')), 'faster');
  assert.equal(verdictOf(compare(high, low, 'higher')), 'faster');
  assert.equal(verdictOf(compare(low, high, 'higher')), 'slower');
  assert.equal(verdictOf(compare(high, low, 'none')), 'higher');
  assert.equal(verdictOf(compare(low, high, 'none')), 'lower');
});

test('an interval that includes 0 is no clear difference', () => {
  assert.equal(verdictOf(compare([99, 101, 100], [100, 100, 100])), 'no-clear-difference');
  assert.equal(verdictOf(compare([100, 100], [100, 100])), 'no-clear-difference');
});

test('blocks that lack one of the two are left out, and one pair claims nothing', () => {
  const two = compare([110, undefined, 112, 113], [100, 100, 100, undefined]);
  assert.equal(two.kind === 'compared' && two.ratios.length, 2);
  assert.deepEqual(compare([110, undefined], [100, 100]), {
    kind: 'not-compared',
    pairs: 1,
    reason: 'too-few-pairs',
  });
  assert.equal(verdictOf(compare([], [])), 'not-compared');
});

test('a baseline of 0 has no ratio', () => {
  assert.deepEqual(compare([1, 1, 1], [1, 0, 1]), {
    kind: 'not-compared',
    pairs: 3,
    reason: 'not-positive',
  });
});
