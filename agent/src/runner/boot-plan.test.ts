// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_GUEST, type GuestSettings } from '@labsweep/proto';
import { planBoot } from './boot-plan.js';

const plan = (settings: Partial<GuestSettings>, commandLine = '', reason = '') =>
  planBoot({
    guest: { ...DEFAULT_GUEST, ...settings },
    commandLine,
    imagePath: '/a/vmlinuz',
    unpacked: reason === '' ? { path: '/a/vmlinux' } : { reason },
    qbootPath: '/q/qboot.rom',
  });

const BASE = 'console=ttyS0 earlycon=uart8250,io,0x3f8 panic=-1';

test('the fast boot is by PVH, a small firmware and the exit port, without self-tests', () => {
  assert.deepEqual(plan({}, 'quiet'), {
    kernelPath: '/a/vmlinux',
    firmwarePath: '/q/qboot.rom',
    hasExitPort: true,
    compressesInitramfs: false,
    commandLine: `${BASE} loglevel=6 cryptomgr.notests quiet`,
    facts: { boot_path: 'fast', boot_protocol: 'pvh', boot_trims: 'none', firmware: 'qboot' },
  });
});

test('the plain boot is what a shell script does', () => {
  assert.deepEqual(plan({ boot: 'plain' }), {
    kernelPath: '/a/vmlinuz',
    hasExitPort: false,
    compressesInitramfs: true,
    commandLine: `${BASE} loglevel=7`,
    facts: {
      boot_path: 'plain',
      boot_protocol: 'bzimage',
      boot_trims: 'none',
      firmware: 'default',
    },
  });
});

test('a kernel that cannot be entered by PVH is booted as it is, and the facts say why', () => {
  const boot = plan({}, '', 'it was built without CONFIG_PVH');
  assert.equal(boot.kernelPath, '/a/vmlinuz');
  assert.equal(boot.facts.boot_protocol, 'bzimage');
  assert.equal(boot.facts.boot_protocol_reason, 'it was built without CONFIG_PVH');
});

test('trims are words of the command line, and are named', () => {
  const boot = plan({ trims: ['mitigations-off', 'noreplace-smp'] });
  assert.match(boot.commandLine, / mitigations=off noreplace-smp$/);
  assert.equal(boot.facts.boot_trims, 'mitigations-off,noreplace-smp');
});

test('a guest that cannot power off has the exit port on every boot', () => {
  assert.equal(plan({ boot: 'plain' }, 'acpi=off').hasExitPort, true);
  assert.equal(plan({ boot: 'plain', trims: ['acpi-off'] }).hasExitPort, true);
  assert.equal(plan({ boot: 'plain', machine: 'microvm' }).hasExitPort, true);
  assert.equal(plan({ boot: 'plain' }, 'pacpi=off').hasExitPort, false);
});

test('qboot is left out where the machine has its own or the kernel needs more', () => {
  assert.equal(plan({ machine: 'microvm' }).firmwarePath, undefined);
  assert.equal(plan({}, 'a nolapic b').firmwarePath, undefined);
  assert.equal(plan({}, 'nolapic').facts.firmware, 'default');
});
