// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_GUEST, type GuestSettings } from '@labsweep/proto';
import { plainBoot } from '../testing/boot.js';
import { diskGuestArguments, guestFilesIn, kernelGuestArguments } from './qemu-args.js';

const GUEST = {
  name: 'labsweep-qemu-smp2/r1/v6.17',
  accelerator: 'tcg',
  shape: { smp: 2, memoryMib: 512 },
  guest: DEFAULT_GUEST,
  boot: plainBoot('/a/vmlinuz'),
  files: guestFilesIn('/t'),
} as const;

const optionOf = (list: readonly string[], option: string) => list[list.indexOf(option) + 1];

/** All values of an option that may come several times. */
const optionsOf = (list: readonly string[], option: string) =>
  list.filter((_, index) => list[index - 1] === option);

const withGuest = (settings: Partial<GuestSettings>, smp = 2) =>
  kernelGuestArguments({
    ...GUEST,
    shape: { ...GUEST.shape, smp },
    guest: { ...DEFAULT_GUEST, ...settings },
  });

test('the whole command line of a plain guest under TCG is as written here', () => {
  assert.deepEqual(kernelGuestArguments(GUEST), [
    ...['-name', 'guest=labsweep-qemu-smp2/r1/v6.17,debug-threads=on'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-machine', 'q35,usb=off,accel=tcg'],
    ...['-smp', '2,sockets=1,cores=2,threads=1'],
    ...['-m', '512M'],
    ...['-kernel', '/a/vmlinuz', '-initrd', '/t/initramfs'],
    ...['-append', 'console=ttyS0 earlycon=uart8250,io,0x3f8 panic=-1 loglevel=7'],
    ...['-chardev', 'file,id=console,path=/t/console', '-serial', 'chardev:console'],
    ...['-chardev', 'file,id=results,path=/t/results', '-serial', 'chardev:results'],
  ]);
});

test('firmware and exit port are there when the boot asks for them', () => {
  const boot = { ...GUEST.boot, firmwarePath: '/q/qboot.rom', hasExitPort: true };
  const list = kernelGuestArguments({ ...GUEST, boot });
  assert.equal(optionOf(list, '-bios'), '/q/qboot.rom');
  assert.equal(optionOf(list, '-device'), 'isa-debug-exit,iobase=0x501,iosize=2');
});

test('KVM is asked for alone, and shows the guest the CPU of the host', () => {
  const list = kernelGuestArguments({ ...GUEST, accelerator: 'kvm' });
  assert.equal(optionOf(list, '-machine'), 'q35,usb=off,accel=kvm');
  assert.equal(optionOf(list, '-cpu'), 'host,migratable=off');
});

test('machine type and CPU model are those of the spec', () => {
  const list = withGuest({ machine: 'pc', cpuModel: 'EPYC-v1' });
  assert.equal(optionOf(list, '-machine'), 'pc,usb=off,accel=tcg');
  assert.equal(optionOf(list, '-cpu'), 'EPYC-v1');
});

test('the second serial port of a microvm is a device of its own', () => {
  const list = withGuest({ machine: 'microvm' });
  assert.deepEqual(optionsOf(list, '-serial'), ['chardev:console']);
  assert.ok(list.includes('isa-serial,chardev=results,iobase=0x2f8,irq=3'));
});

test('NUMA nodes are sockets that share CPUs and memory evenly', () => {
  const list = withGuest({ numaNodes: 2 }, 4);
  assert.equal(optionOf(list, '-smp'), '4,sockets=2,cores=2,threads=1');
  assert.deepEqual(optionsOf(list, '-object'), [
    'memory-backend-ram,id=memory0,size=256M,prealloc=off',
    'memory-backend-ram,id=memory1,size=256M,prealloc=off',
  ]);
  assert.deepEqual(optionsOf(list, '-numa'), [
    'node,nodeid=0,memdev=memory0,cpus=0-1',
    'node,nodeid=1,memdev=memory1,cpus=2-3',
  ]);
});

test('what does not divide goes to the first node', () => {
  const list = withGuest({ numaNodes: 2 }, 3);
  assert.equal(optionOf(list, '-smp'), '3,sockets=1,cores=3,threads=1');
  assert.deepEqual(optionsOf(list, '-numa'), [
    'node,nodeid=0,memdev=memory0,cpus=0-1',
    'node,nodeid=1,memdev=memory1,cpus=2-2',
  ]);
  const alone = withGuest({ numaNodes: 2 }, 1);
  assert.equal(optionsOf(alone, '-numa')[1], 'node,nodeid=1,memdev=memory1');
});

test('preallocated memory and huge pages are a backend of the whole machine', () => {
  for (const [settings, backend] of [
    [{ preallocate: true }, 'memory-backend-ram,id=memory0,size=512M,prealloc=on'],
    [
      { hugePages: true },
      'memory-backend-memfd,hugetlb=on,hugetlbsize=2M,id=memory0,size=512M,prealloc=on',
    ],
  ] as const) {
    const list = withGuest(settings);
    assert.equal(optionOf(list, '-object'), backend);
    assert.equal(optionsOf(list, '-machine')[1], 'memory-backend=memory0');
  }
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
    boot: plainBoot('/a,b'),
    files: { ...GUEST.files, consolePath: '/c,d' },
  });
  assert.equal(optionOf(list, '-name'), 'guest=a,,b,debug-threads=on');
  assert.equal(optionOf(list, '-kernel'), '/a,b');
  assert.equal(optionOf(list, '-chardev'), 'file,id=console,path=/c,,d');
});
