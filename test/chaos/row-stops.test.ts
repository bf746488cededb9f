// SPDX-License-Identifier: Apache-2.0
/** Goal: a row that stopped wrongly, or moved without need, is told. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { calmProblems, type RowStop, stopProblems } from './row-stops.js';

const row = (repetitions: readonly number[], ...hosts: readonly string[]): RowStop => ({
  row: 'scripted-smp1',
  repetitions,
  hosts,
});

test('a row that stopped keeps its first repetitions, enough of them and without a gap', () => {
  assert.deepEqual(stopProblems([row([1, 2, 3], 'a', 'b')], 3), []);
  assert.deepEqual(stopProblems([row([1, 2, 4], 'a')], 3), ['scripted-smp1 has lost a repetition']);
  assert.deepEqual(stopProblems([row([1, 2], 'a')], 3), [
    'scripted-smp1 stopped after 2 repetitions',
  ]);
});

test('in the calm lab a row stops early and stays on its host', () => {
  assert.deepEqual(calmProblems([row([1, 2, 3], 'a')], 4), []);
  assert.deepEqual(calmProblems([row([1, 2, 3, 4], 'a')], 4), [
    'scripted-smp1 does not stop in the calm lab',
  ]);
  assert.deepEqual(calmProblems([row([1, 2, 3], 'a', 'b')], 4), [
    'scripted-smp1 moves in the calm lab: a, b',
  ]);
});
