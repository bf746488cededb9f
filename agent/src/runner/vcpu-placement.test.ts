// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeOvercommit, formatVcpuMap, placeVcpus } from './vcpu-placement.js';

const place = (vcpuCount: number, allowedCpus: readonly number[], mayOvercommit = false) =>
  placeVcpus({ vcpuCount, allowedCpus, mayOvercommit });

test('each vCPU has a CPU of its own, and the emulator what is left', () => {
  assert.deepEqual(place(2, [1, 3, 5, 7]), { vcpus: [[5], [7]], emulator: [1, 3] });
});

test('where none is left, the emulator shares all', () => {
  assert.deepEqual(place(2, [0, 1]), { vcpus: [[0], [1]], emulator: [0, 1] });
});

test('more vCPUs than CPUs are refused, with the key that allows them', () => {
  const trouble = place(4, [0, 1]);
  assert.ok('class' in trouble);
  assert.equal(trouble.class, 'placement-mismatch');
  assert.match(trouble.message, /smp = 4 .* may use 2 \(0-1\); write overcommit = true/);
});

test('where they are allowed, they float over all CPUs', () => {
  const placement = place(3, [2, 3], true);
  assert.ok('vcpus' in placement);
  assert.deepEqual(placement.vcpus, [
    [2, 3],
    [2, 3],
    [2, 3],
  ]);
  assert.equal(describeOvercommit(placement.vcpus), '3/2');
  assert.equal(formatVcpuMap(placement.vcpus), '0:2-3 1:2-3 2:2-3');
});

test('the map and the overcommit are of the CPUs on which the threads were found', () => {
  assert.equal(formatVcpuMap([[2], [3]]), '0:2 1:3');
  assert.equal(describeOvercommit([[2], [3]]), 'none');
  assert.equal(describeOvercommit([[2], [2]]), '2/1');
});
