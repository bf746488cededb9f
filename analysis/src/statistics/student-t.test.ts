// SPDX-License-Identifier: Apache-2.0
/** Checks the t quantile against printed tables; the tables are the oracle, not another formula. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { studentTQuantile } from './student-t.js';

/**
 * Degrees of freedom, t for 95 % and t for 99 %, two-sided: NIST/SEMATECH e-Handbook of Statistical
 * Methods, 1.3.6.7.2 (critical values of Student's t), columns 0.975 and 0.995.
 */
const TABLE = [
  [1, 12.706, 63.657],
  [2, 4.303, 9.925],
  [3, 3.182, 5.841],
  [4, 2.776, 4.604],
  [5, 2.571, 4.032],
  [9, 2.262, 3.25],
  [10, 2.228, 3.169],
  [30, 2.042, 2.75],
  [100, 1.984, 2.626],
] as const;

test('the quantile agrees with the printed table in every digit of it', () => {
  for (const [degreesOfFreedom, at95, at99] of TABLE) {
    const name = `${degreesOfFreedom} degrees of freedom`;
    const quantile = (coverage: number): number =>
      Number(studentTQuantile({ coverage, degreesOfFreedom }).toFixed(3));
    assert.equal(quantile(0.95), at95, name);
    assert.equal(quantile(0.99), at99, name);
  }
});

test('the closed forms of one and two degrees of freedom are met to twelve digits', () => {
  const one = studentTQuantile({ coverage: 0.9, degreesOfFreedom: 1 });
  assert.ok(Math.abs(one / Math.tan((Math.PI / 2) * 0.9) - 1) < 1e-12);
  const two = studentTQuantile({ coverage: 0.9, degreesOfFreedom: 2 });
  assert.ok(Math.abs(two / (0.9 * Math.sqrt(2 / (1 - 0.81))) - 1) < 1e-12);
});

test('degrees of freedom that are not whole are a programmer mistake', () => {
  assert.throws(() => studentTQuantile({ coverage: 0.95, degreesOfFreedom: 1.5 }));
  assert.throws(() => studentTQuantile({ coverage: 1, degreesOfFreedom: 3 }));
});
