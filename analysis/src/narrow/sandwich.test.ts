// SPDX-License-Identifier: Apache-2.0
/** Goal: drift does not pass for an effect. Method: values by hand, in six blocks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildRecord } from '../testing/record-builder.js';
import { statedSweep } from '../testing/sample-records.js';
import { isConfirmed, sandwichOf } from './sandwich.js';

const UP = { ratio: 2, low: 1.9, high: 2.1 };
const NAMES = { good: 'A', bad: 'B', again: 'A-again', metric: 'ns' };
const NOISE = [0, 1, -1, 2, -2, 1];

function sandwich(good: number, bad: number, again: number) {
  const around = (level: number, sign: number) => NOISE.map((noise) => level + sign * noise);
  const values = { A: around(good, 1), B: around(bad, -1), 'A-again': around(again, -1) };
  return sandwichOf(buildRecord(statedSweep(values)), NAMES);
}

test('the effect is taken against the middle of both good ones, with the drift beside it', () => {
  const found = sandwich(100, 200, 100);
  assert.equal(found.blocks, 6);
  assert.deepEqual(found.values, { good: 100.5, bad: 199.5, again: 99.5 });
  assert.ok(Math.abs((found.effect?.ratio ?? 0) - 2) < 0.03);
  assert.ok(found.drift !== undefined && found.drift.low < 1 && found.drift.high > 1);
  assert.equal(isConfirmed(found, UP), true);
  assert.deepEqual([found.trials, found.unlikeStates], [18, false]);
});

test('a steady drift through the block is no effect', () => {
  const found = sandwich(100, 110, 121);
  assert.ok(Math.abs((found.effect?.ratio ?? 0) - 1) < 0.01, `${found.effect?.ratio}`);
  assert.ok((found.drift?.low ?? 0) > 1.15);
  assert.equal(isConfirmed(found, UP), false);
});

test('an effect against the direction of the ends does not confirm them', () => {
  assert.equal(isConfirmed(sandwich(100, 50, 100), UP), false);
  assert.equal(isConfirmed(sandwich(100, 50, 100), { ratio: 0.5, low: 0.4, high: 0.6 }), true);
});

test('states that the audit found unlike are never confirmed', () => {
  assert.equal(isConfirmed({ ...sandwich(100, 200, 100), unlikeStates: true }, UP), false);
});
