// SPDX-License-Identifier: Apache-2.0
/** The interval against one worked out by hand, its edges, and how often it covers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootNoise } from '../testing/noisy-sweep.js';
import { randomSource } from './random-source.js';
import { welchRatio } from './welch.js';

const SEED = 20_261_127;

test('the ratio and its interval are those of the textbook on logarithms', () => {
  // By hand: logs 0, 0.2 (mean 0.1, s2 0.02) and 1, 1.1, 1.2 (mean 1.1, s2 0.01), so the variance
  // of the difference is 0.01 + 0.01 / 3 and its degrees of freedom are 1.69, hence 1 and t 12.706.
  const numerator = [0, 0.2].map(Math.exp);
  const denominator = [1, 1.1, 1.2].map(Math.exp);
  const found = welchRatio({ numerator, denominator });
  const reach = 12.7062 * Math.sqrt(0.01 + 0.01 / 3);
  assert.equal(found?.ratio.toFixed(6), Math.exp(-1).toFixed(6));
  assert.equal(found?.low.toFixed(4), Math.exp(-1 - reach).toFixed(4));
  assert.equal(found?.high.toFixed(4), Math.exp(-1 + reach).toFixed(4));
});

test('equal spreads and sizes give the degrees of freedom of both series', () => {
  const logs = [0, 1, 2, 3];
  const found = welchRatio({ numerator: logs.map(Math.exp), denominator: logs.map(Math.exp) });
  // Variance of each mean 5 / 3 / 4; t of 6 degrees of freedom is 2.4469.
  assert.equal(Math.log(found?.high ?? 0).toFixed(3), (2.4469 * Math.sqrt(5 / 6)).toFixed(3));
});

test('turning the ratio round turns the interval round', () => {
  const [one, other] = [
    [10, 11, 12, 10.5],
    [20, 26, 21],
  ];
  const there = welchRatio({ numerator: one, denominator: other });
  const back = welchRatio({ numerator: other, denominator: one });
  assert.ok(there !== undefined && back !== undefined);
  assert.ok(Math.abs(there.ratio * back.ratio - 1) < 1e-12);
  assert.ok(Math.abs(there.low * back.high - 1) < 1e-12);
});

test('a side without spread leaves the width to the other', () => {
  const found = welchRatio({ numerator: [37, 37, 37], denominator: [25, 25.5, 24.5] });
  assert.ok(found !== undefined && found.low < 1.48 && found.high > 1.48);
  const none = welchRatio({ numerator: [37, 37, 37], denominator: [25, 25] });
  assert.equal(none?.low, none?.high);
});

test('single values and values that are not positive have no interval', () => {
  assert.equal(welchRatio({ numerator: [1], denominator: [1, 2] }), undefined);
  assert.equal(welchRatio({ numerator: [1, 2], denominator: [] }), undefined);
  assert.equal(welchRatio({ numerator: [1, 0], denominator: [1, 2] }), undefined);
});

test('bounds stay finite, so that JSON can hold them', () => {
  const found = welchRatio({ numerator: [1e-300, 1e300], denominator: [1, 2] });
  assert.ok(Number.isFinite(found?.high));
});

for (const hasTails of [false, true]) {
  test(`intervals cover in 93% to 97%, with${hasTails ? '' : 'out'} tails (seed ${SEED})`, () => {
    const random = randomSource(SEED);
    // Of 6 values with tails the true rate is 96.4 %, four standard errors below 97 %.
    const rounds = 16_000;
    for (const n of [6, 10]) {
      const values = () =>
        Array.from({ length: n }, () => Math.exp(bootNoise(random, { noise: 0.01, hasTails })));
      let covered = 0;
      for (let round = 0; round < rounds; round += 1) {
        const found = welchRatio({ numerator: values(), denominator: values() });
        if (found !== undefined && found.low <= 1 && found.high >= 1) covered += 1;
      }
      assert.ok(covered / rounds >= 0.93, `n=${n}: ${covered} of ${rounds}`);
      assert.ok(covered / rounds <= 0.97, `n=${n} too wide: ${covered} of ${rounds}`);
    }
  });
}
