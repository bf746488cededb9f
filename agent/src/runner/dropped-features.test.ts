// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDroppedFeatures } from './dropped-features.js';

test('features are told by name, each once, under KVM and under emulation alike', () => {
  const stderr = [
    "qemu-system-x86_64: warning: host doesn't support requested feature: CPUID.01H:ECX.x2apic [bit 21]",
    "qemu-system-x86_64: warning: TCG doesn't support requested feature: CPUID.07H:EBX.hle [bit 4]",
    "qemu-system-x86_64: warning: TCG doesn't support requested feature: CPUID.07H:EBX.hle [bit 4]",
    "qemu-system-x86_64: warning: host doesn't support requested feature: MSR(48FH).vmx-exit-load-pkrs [bit 29]",
    "qemu-system-x86_64: warning: TCG doesn't support requested feature: CPUID.0DH:EAX. [bit 3]",
    'qemu-system-x86_64: warning: Number of SMP cpus requested (3) exceeds the recommended',
  ].join('\n');
  assert.equal(readDroppedFeatures(stderr), 'CPUID.0DH:EAX.bit3 hle vmx-exit-load-pkrs x2apic');
});

test('other words of QEMU are no features', () => {
  assert.equal(readDroppedFeatures(''), 'none');
  assert.equal(readDroppedFeatures('qemu: unable to find CPU model'), 'none');
});
