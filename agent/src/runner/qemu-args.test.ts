// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diskGuestArguments, kernelCommandLine, kernelGuestArguments } from './qemu-args.js';

const GUEST = {
  name: 'labsweep-qemu-smp2/r1/v6.17',
  accelerator: 'tcg',
  shape: { smp: 2, memoryMib: 512 },
  commandLine: 'mitigations=off',
  files: {
    kernelPath: '/a/vmlinuz',
    initramfsPath: '/t/initramfs',
    consolePath: '/t/console',
    resultsPath: '/t/results',
  },
} as const;

const optionOf = (list: readonly string[], option: string) => list[list.indexOf(option) + 1];

test('the whole command line of a guest under TCG is as written here', () => {
  assert.deepEqual(kernelGuestArguments(GUEST), [
    ...['-name', 'guest=labsweep-qemu-smp2/r1/v6.17,debug-threads=on'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-machine', 'q35,usb=off,accel=tcg'],
    ...['-smp', '2,sockets=1,cores=2,threads=1'],
    ...['-m', '512M'],
    ...['-kernel', '/a/vmlinuz', '-initrd', '/t/initramfs'],
    '-append',
    'console=ttyS0 earlycon=uart8250,io,0x3f8 panic=-1 loglevel=7 mitigations=off',
    ...['-chardev', 'file,id=console,path=/t/console', '-serial', 'chardev:console'],
    ...['-chardev', 'file,id=results,path=/t/results', '-serial', 'chardev:results'],
  ]);
});

test('KVM is asked for alone, and shows the guest the CPU of the host', () => {
  const list = kernelGuestArguments({ ...GUEST, accelerator: 'kvm' });
  assert.equal(optionOf(list, '-machine'), 'q35,usb=off,accel=kvm');
  assert.equal(optionOf(list, '-cpu'), 'host,migratable=off');
});

test('the canary sees the same machine and CPU as a trial does', () => {
  const files = { diskPath: '/t/disk', consolePath: '/t/console' };
  for (const accelerator of ['kvm', 'tcg'] as const) {
    const canary = diskGuestArguments({ name: 'canary', accelerator, ...files });
    const trial = kernelGuestArguments({ ...GUEST, accelerator });
    assert.equal(optionOf(canary, '-machine'), optionOf(trial, '-machine'));
    assert.equal(canary.includes('-cpu'), trial.includes('-cpu'));
    if (canary.includes('-cpu')) assert.equal(optionOf(canary, '-cpu'), optionOf(trial, '-cpu'));
  }
});

test('commas are doubled in option lists and left alone in plain paths', () => {
  const list = kernelGuestArguments({
    ...GUEST,
    name: 'a,b',
    files: { ...GUEST.files, kernelPath: '/a,b', consolePath: '/c,d' },
  });
  assert.equal(optionOf(list, '-name'), 'guest=a,,b,debug-threads=on');
  assert.equal(optionOf(list, '-kernel'), '/a,b');
  assert.equal(optionOf(list, '-chardev'), 'file,id=console,path=/c,,d');
});

test('an empty command line of the spec adds nothing', () => {
  assert.equal(kernelCommandLine('  '), kernelCommandLine(''));
  assert.ok(kernelCommandLine(' quiet ').endsWith(' loglevel=7 quiet'));
});
