// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { testSeed } from '../testing/test-seed.js';
import { orderOfBlock } from './block-order.js';

const SIZES = [1, 2, 3, 4, 5, 6, 7, 8];

function orders(request: { seed: number; size: number; row?: string }, repetitions: number) {
  const { seed, size, row = 'qemu-smp1' } = request;
  const kernels = Array.from({ length: size }, (_, index) => index);
  return Array.from({ length: repetitions }, (_, index) =>
    orderOfBlock({ seed, row, kernels }, index + 1),
  );
}

/** How often each kernel stands in each place, or directly behind each other kernel. */
function tally(lines: readonly (readonly number[])[], cellOf: 'place' | 'predecessor') {
  const counts = new Map<string, number>();
  for (const line of lines) {
    for (const [place, kernel] of line.entries()) {
      const other = cellOf === 'place' ? place : line[place - 1];
      if (other === undefined) continue;
      counts.set(`${kernel} ${other}`, (counts.get(`${kernel} ${other}`) ?? 0) + 1);
    }
  }
  return counts;
}

test('At no time has a kernel been in a place twice more than another kernel.', (context) => {
  const seed = testSeed(context);
  for (const size of SIZES) {
    for (let repetitions = 1; repetitions <= 2 * size + 1; repetitions += 1) {
      const counts = [...tally(orders({ seed, size }, repetitions), 'place').values()];
      const ceiling = Math.ceil(repetitions / size);
      const floor = repetitions < size ? 1 : Math.floor(repetitions / size);
      assert(Math.max(...counts) <= ceiling, `${size} kernels, ${repetitions} repetitions`);
      assert(Math.min(...counts) >= floor, `${size} kernels, ${repetitions} repetitions`);
      if (repetitions >= size) assert.equal(counts.length, size * size, 'all places were had');
    }
  }
});

test('Over whole squares each kernel follows each other kernel equally often.', (context) => {
  const seed = testSeed(context);
  for (const size of SIZES.filter((each) => each > 1)) {
    const repetitions = size % 2 === 0 ? size : 2 * size;
    const counts = tally(orders({ seed, size }, repetitions), 'predecessor');
    assert.equal(counts.size, size * (size - 1), `${size} kernels: all pairs occur`);
    assert.deepEqual(new Set(counts.values()), new Set([repetitions / size]));
  }
});

test('More repetitions leave the earlier ones as they were.', (context) => {
  const seed = testSeed(context);
  for (const size of SIZES) {
    assert.deepEqual(orders({ seed, size }, 30).slice(0, 7), orders({ seed, size }, 7));
  }
});

test('Rows, seeds and squares are shuffled independently of each other.', (context) => {
  const seed = testSeed(context);
  const size = 6;
  const texts = [
    orders({ seed, size }, size),
    orders({ seed, size, row: 'qemu-smp2' }, size),
    orders({ seed: (seed + 1) % 2 ** 32, size }, size),
    orders({ seed, size }, 2 * size).slice(size),
  ].map(String);
  // Two of these being equal by chance has odds of one in 500,000.
  assert.equal(new Set(texts).size, texts.length);
});

/**
 * Goal: no order is preferred. Method: first orders of many rows; chi squared with 5 degrees of
 * freedom.
 */
test('All orders of three kernels are about equally frequent over the rows.', (context) => {
  const seed = testSeed(context);
  const rows = 3000;
  const counts = new Map<string, number>();
  for (let row = 0; row < rows; row += 1) {
    const order = String(orders({ seed, size: 3, row: `row ${row}` }, 1)[0]);
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  const expected = rows / 6;
  const chiSquared = [...counts.values()].reduce(
    (sum, n) => sum + (n - expected) ** 2 / expected,
    0,
  );
  assert.equal(counts.size, 6);
  assert(chiSquared < 42, `chi squared is ${chiSquared}, which has odds of one in 20 million`);
});
