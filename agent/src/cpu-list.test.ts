// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCpuList, parseCpuList } from './cpu-list.js';

test('ranges and single CPUs are read, in order and once', () => {
  assert.deepEqual(parseCpuList('8,0-3,2\n'), [0, 1, 2, 3, 8]);
  assert.deepEqual(parseCpuList(''), []);
});

test('what is no list is refused by name', () => {
  assert.throws(() => parseCpuList('absent'), /'absent' is not a CPU list such as 0-3,8/);
  for (const text of ['3-1', '0-70000', '1,x', '-1']) {
    assert.throws(() => parseCpuList(text), /is not a CPU list/, text);
  }
});

test('a set is written in the shortest way, and read back as it was', () => {
  for (const text of ['', '0', '0-1', '0-3,8', '1,3,5', '2-3,7-9']) {
    assert.equal(formatCpuList(parseCpuList(text)), text);
  }
  assert.equal(formatCpuList([3, 1, 2, 1]), '1-3');
});
