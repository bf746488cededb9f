// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeHost } from '../testing/cpu-hosts.js';
import { describeOvercommit, formatVcpuMap, placeVcpus } from './vcpu-placement.js';

/** CPUs of separate cores, of one class. */
const place = (vcpuCount: number, allowedCpus: readonly number[], mayOvercommit = false) =>
  placeVcpus({ vcpuCount, mayOvercommit }, makeHost({ online: allowedCpus.join(',') }));

test('each vCPU has a CPU of its own, and the emulator what is left', () => {
  assert.deepEqual(place(2, [1, 3, 5, 7]), {
    vcpus: [[5], [7]],
    emulator: [1, 3],
    coreClass: 'uniform',
  });
});

test('where none is left, the emulator shares all', () => {
  assert.deepEqual(place(2, [0, 1]), {
    vcpus: [[0], [1]],
    emulator: [0, 1],
    coreClass: 'uniform',
  });
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

const THREADS = { online: '0-7', cores: ['0,4', '1,5', '2,6', '3,7'] };

test('vCPUs get cores of their own before threads that share one', () => {
  assert.deepEqual(placeVcpus({ vcpuCount: 2, mayOvercommit: false }, makeHost(THREADS)), {
    vcpus: [[6], [7]],
    emulator: [0, 1, 4, 5],
    coreClass: 'uniform',
  });
  const full = placeVcpus({ vcpuCount: 4, mayOvercommit: false }, makeHost(THREADS));
  assert.ok('vcpus' in full);
  assert.deepEqual(full.vcpus.flat(), [4, 5, 6, 7]);
  // Every core has a vCPU, so the emulator can only be beside one.
  assert.deepEqual(full.emulator, [0, 1, 2, 3]);
});

test('vCPUs are all on cores of one class, the fast one where it is large enough', () => {
  const host = makeHost({ online: '0-5', performance: '0-1', efficiency: '2-5' });
  const two = placeVcpus({ vcpuCount: 2, mayOvercommit: false }, host);
  assert.ok('vcpus' in two);
  assert.deepEqual([two.vcpus.flat(), two.coreClass], [[0, 1], 'performance']);
  const three = placeVcpus({ vcpuCount: 3, mayOvercommit: false }, host);
  assert.ok('vcpus' in three);
  assert.deepEqual([three.vcpus.flat(), three.coreClass], [[3, 4, 5], 'efficiency']);
  const five = placeVcpus({ vcpuCount: 5, mayOvercommit: false }, host);
  assert.ok('class' in five);
  assert.match(five.message, /2 performance cores \(0-1\) or 4 efficiency cores \(2-5\)/);
  const floating = placeVcpus({ vcpuCount: 5, mayOvercommit: true }, host);
  assert.ok('vcpus' in floating);
  assert.deepEqual(floating.vcpus[0], [2, 3, 4, 5]);
});

test('a guest stays on one node where it fits', () => {
  const host = makeHost({ online: '0-7', nodes: ['0,2,4,6', '1,3,5,7'] });
  const found = placeVcpus({ vcpuCount: 3, mayOvercommit: false }, host);
  assert.ok('vcpus' in found);
  assert.deepEqual(found.vcpus.flat(), [3, 5, 7]);
});
