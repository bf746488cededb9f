// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { nearestName } from './nearest-name.js';

const KERNELS = ['v6.12', 'v6.16', 'v6.17', 'running'];

test('Each kind of slip leads back to the name that was meant.', () => {
  assert.equal(nearestName('runing', KERNELS), 'running', 'a letter left out');
  assert.equal(nearestName('runnning', KERNELS), 'running', 'a letter too many');
  assert.equal(nearestName('tunning', KERNELS), 'running', 'another letter');
  assert.equal(nearestName('rnuning', KERNELS), 'running', 'two letters swapped');
  assert.equal(nearestName('v6.61', KERNELS), 'v6.16', 'two digits swapped');
  assert.equal(nearestName('V6.17', KERNELS), 'v6.17', 'a capital');
});

test('Of two names that are equally near the first is taken.', () => {
  assert.equal(nearestName('v6.1x', KERNELS), 'v6.12');
});

test('The nearer of two names is taken, wherever it stands.', () => {
  assert.equal(nearestName('qemu-tgc', ['qemu', 'qemu-kvm', 'qemu-tcg']), 'qemu-tcg');
  assert.equal(nearestName('qemu-tgc', ['qemu-tcg', 'qemu-kvm', 'qemu']), 'qemu-tcg');
});

test('A name that is like no other has no nearest name.', () => {
  assert.equal(nearestName('mainline', KERNELS), undefined);
  assert.equal(nearestName('v7.3', KERNELS), undefined);
  assert.equal(nearestName('', KERNELS), undefined);
  assert.equal(nearestName('v6.12', []), undefined);
});
