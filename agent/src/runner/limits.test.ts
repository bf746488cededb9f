// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitsFor } from './limits.js';

test('TCG gets six times as long as KVM, and more for CPUs that take turns', () => {
  const kvm = limitsFor({ accelerator: 'kvm', smp: 1, hostCpus: 2 });
  const tcg = limitsFor({ accelerator: 'tcg', smp: 2, hostCpus: 2 });
  const crowded = limitsFor({ accelerator: 'tcg', smp: 16, hostCpus: 2 });
  assert.equal(kvm.bootMs, 20_000);
  assert.equal(kvm.kernelCanaryMs, 10_000);
  assert.equal(tcg.bootMs, 120_000);
  assert.equal(crowded.bootMs, 960_000);
});
