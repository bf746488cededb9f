// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCpuList } from './cpu-list.js';

test('ranges and single CPUs are read, in order and once', () => {
  assert.deepEqual(parseCpuList('8,0-3,2\n'), [0, 1, 2, 3, 8]);
  assert.deepEqual(parseCpuList(''), []);
});

test('what is no list is refused by name', () => {
  assert.throws(() => parseCpuList('absent'), /'absent' is not a CPU list such as 0-3,8/);
});
