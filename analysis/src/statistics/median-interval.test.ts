// SPDX-License-Identifier: Apache-2.0
/**
 * Intervals by hand, their honesty at small n, and their coverage by simulation: of many samples
 * with a known median, at least the promised share of intervals must enclose it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median } from './median.js';
import { type MedianInterval, medianInterval } from './median-interval.js';
import { type RandomSource, randomSource } from './random-source.js';

const SEED = 20_260_623;

function bounds(interval: MedianInterval): { low: number; high: number } {
  assert.notEqual(interval.method, 'none');
  return interval.method === 'none' ? { low: Number.NaN, high: Number.NaN } : interval;
}

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-3, `${actual} is not ${expected}`);
}

/** Box and Muller; the median of exp(normal) is 1. */
function normal(random: RandomSource): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

test('no values and one value have no interval, and the reason is told', () => {
  assert.deepEqual(medianInterval([], 'log'), { method: 'none', reason: 'n=0, no interval' });
  assert.deepEqual(medianInterval([3], 'log'), { method: 'none', reason: 'n=1, no interval' });
});

test('three positive values use Student t on logarithms', () => {
  // Logs in powers of e: 0, 1, 2; mean 1, stdev 1, reach 4.3027 / sqrt(3) = 2.4841.
  const interval = medianInterval([1, Math.E, Math.E ** 2], 'log');
  assert.equal(interval.method, 'student-t-log');
  near(Math.log(bounds(interval).low), 1 - 2.4841);
  near(Math.log(bounds(interval).high), 1 + 2.4841);
});

test('values that are not all positive, and differences, use Student t as they are', () => {
  const interval = medianInterval([-1, 0, 1], 'log');
  assert.equal(interval.method, 'student-t-linear');
  near(bounds(interval).low, -2.4841);
  near(bounds(interval).high, 2.4841);
  assert.equal(medianInterval([1, 2, 3], 'linear').method, 'student-t-linear');
});

test('from six values on the interval lies between two neighbouring values on either side', () => {
  const six = medianInterval([6, 5, 4, 3, 2, 1], 'log');
  assert.equal(six.method, 'order-statistic');
  near(bounds(six).low, 1 + 5 / 14);
  near(bounds(six).high, 6 - 5 / 14);
  const ten = medianInterval([10, 1, 9, 2, 8, 3, 7, 4, 6, 5], 'log');
  near(bounds(ten).low, 2 + 0.65766);
  near(bounds(ten).high, 9 - 0.65766);
});

test('equal values stay equal, and two wild ones stay within what JSON can say', () => {
  assert.deepEqual(bounds(medianInterval([37, 37, 37], 'log')).low, 37);
  assert.deepEqual(bounds(medianInterval([37, 37, 37], 'log')).high, 37);
  assert.ok(Number.isFinite(bounds(medianInterval([1e-200, 1e200], 'log')).high * 100));
});

test(`the median lies inside its interval at every n (seed ${SEED})`, () => {
  const random = randomSource(SEED);
  for (let round = 0; round < 500; round += 1) {
    const n = 2 + (round % 12);
    const values = Array.from({ length: n }, () => Math.exp(3 * normal(random)));
    for (const scale of ['log', 'linear'] as const) {
      const { low, high } = bounds(medianInterval(values, scale));
      const middle = median(values);
      assert.ok(low <= middle && middle <= high, `n=${n} ${scale} ${values.join(' ')}`);
    }
  }
});

test(`intervals enclose the true median as often as they promise (seed ${SEED})`, () => {
  const random = randomSource(SEED);
  const rounds = 5000;
  for (const n of [2, 3, 5, 6, 7, 8, 9, 15]) {
    let enclosed = 0;
    for (let round = 0; round < rounds; round += 1) {
      const values = Array.from({ length: n }, () => Math.exp(0.1 * normal(random)));
      const { low, high } = bounds(medianInterval(values, 'log'));
      if (low <= 1 && 1 <= high) enclosed += 1;
    }
    // The true rates are 94.3 % to 95.2 %; four standard errors in 5,000 rounds are 1.3 points.
    assert.ok(enclosed / rounds >= 0.93, `n=${n}: ${enclosed} of ${rounds}`);
    assert.ok(enclosed / rounds <= 0.97, `n=${n} too wide: ${enclosed} of ${rounds}`);
  }
});

/** Each with the median 1, away from the normal noise above. */
const SHAPES: Readonly<Record<string, (random: RandomSource) => number>> = {
  'one in ten three times as wild': (random) =>
    Math.exp(0.1 * (random() < 0.1 ? 3 : 1) * normal(random)),
  'skewed, with a long tail of slow boots': (random) => 1 - 0.2 * Math.log(2 * (1 - random())),
};

for (const [name, draw] of Object.entries(SHAPES)) {
  test(`from six values on intervals keep that promise: ${name} (seed ${SEED})`, () => {
    const random = randomSource(SEED);
    const rounds = 5000;
    for (const n of [6, 7, 8, 9, 15]) {
      let enclosed = 0;
      for (let round = 0; round < rounds; round += 1) {
        const values = Array.from({ length: n }, () => draw(random));
        const { low, high } = bounds(medianInterval(values, 'log'));
        if (low <= 1 && 1 <= high) enclosed += 1;
      }
      assert.ok(enclosed / rounds >= 0.93, `n=${n}: ${enclosed} of ${rounds}`);
      assert.ok(enclosed / rounds <= 0.97, `n=${n} too wide: ${enclosed} of ${rounds}`);
    }
  });
}
