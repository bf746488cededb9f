// SPDX-License-Identifier: Apache-2.0
/**
 * The command line of QEMU, for a trial and for the canary. It only writes it down; it starts
 * nothing and looks at no host.
 */
import { join } from 'node:path';
import { DEFAULT_GUEST, type GuestSettings, type Shape } from '@labsweep/proto';
import type { BootPlan } from './boot-plan.js';
import { EXIT_DEVICE } from './exit-port.js';
import type { Accelerator } from './limits.js';

export interface GuestFiles {
  readonly initramfsPath: string;
  readonly consolePath: string;
  readonly resultsPath: string;
}

/** The backend of each NUMA node is called so, with its number. */
export const MEMORY_BACKEND = 'memory';

/** Where a guest's files lie in the directory that it has for itself. */
export function guestFilesIn(directory: string): GuestFiles {
  return {
    initramfsPath: join(directory, 'initramfs'),
    consolePath: join(directory, 'console'),
    resultsPath: join(directory, 'results'),
  };
}

/** A guest that boots a kernel; both serial ports end in files. */
export function kernelGuestArguments(guest: {
  readonly name: string;
  readonly accelerator: Accelerator;
  readonly shape: Shape;
  readonly guest: GuestSettings;
  readonly boot: BootPlan;
  readonly files: GuestFiles;
}): string[] {
  const { boot, files } = guest;
  return [
    ...machineArguments({ ...guest, settings: guest.guest }),
    ...processorArguments(guest),
    ...memoryArguments(guest),
    ...(boot.firmwarePath === undefined ? [] : ['-bios', boot.firmwarePath]),
    ...(boot.hasExitPort ? ['-device', EXIT_DEVICE] : []),
    ...['-kernel', boot.kernelPath, '-initrd', files.initramfsPath, '-append', boot.commandLine],
    ...serialArguments({ id: 'console', path: files.consolePath }),
    ...secondSerialArguments(guest.guest, files.resultsPath),
  ];
}

/** A guest that boots a disk image by firmware; the image ends it through the debug exit port. */
export function diskGuestArguments(guest: {
  readonly name: string;
  readonly accelerator: Accelerator;
  readonly diskPath: string;
  readonly consolePath: string;
}): string[] {
  return [
    ...machineArguments({ ...guest, settings: DEFAULT_GUEST }),
    ...['-smp', '1', '-m', '64M'],
    ...['-drive', `if=none,id=disk,format=raw,file=${escapeCommas(guest.diskPath)}`],
    ...['-device', 'ide-hd,drive=disk'],
    ...['-device', EXIT_DEVICE],
    ...serialArguments({ id: 'console', path: guest.consolePath }),
  ];
}

/**
 * Never `kvm:tcg`: QEMU would fall back in silence, and emulated times would pass for real ones.
 * Under KVM the guest gets the host's CPU. Under TCG it gets QEMU's plain default: other models
 * boot no faster, and moved measured times by 10 %, so the choice must stay the same for ever.
 */
function machineArguments(guest: {
  readonly name: string;
  readonly accelerator: Accelerator;
  readonly settings: GuestSettings;
}) {
  const { machine, cpuModel } = guest.settings;
  const host = guest.accelerator === 'kvm' ? 'host,migratable=off' : '';
  const model = cpuModel === '' ? host : cpuModel;
  return [
    ...['-name', `guest=${escapeCommas(guest.name)},debug-threads=on`],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-machine', `${machine},usb=off,accel=${guest.accelerator}`],
    ...(model === '' ? [] : ['-cpu', model]),
  ];
}

/** A node of its own is a socket of its own: Linux distrusts caches that are shared by nodes. */
function processorArguments({ shape, guest }: { shape: Shape; guest: GuestSettings }): string[] {
  const { smp } = shape;
  const sockets = smp % guest.numaNodes === 0 ? guest.numaNodes : 1;
  return ['-smp', `${smp},sockets=${sockets},cores=${smp / sockets},threads=1`];
}

/**
 * Ordinary memory is left to QEMU. Otherwise each node has a backend; without huge pages it is
 * anonymous memory, as QEMU's own is, so that only the moment of its allocation differs.
 */
function memoryArguments({ shape, guest }: { shape: Shape; guest: GuestSettings }): string[] {
  const size = ['-m', `${shape.memoryMib}M`];
  const { numaNodes, hugePages, preallocate } = guest;
  if (numaNodes === 1 && !hugePages && !preallocate) return size;
  const kind = hugePages ? 'memory-backend-memfd,hugetlb=on,hugetlbsize=2M' : 'memory-backend-ram';
  const prealloc = hugePages || preallocate ? 'on' : 'off';
  const backends = shares(shape.memoryMib, numaNodes).flatMap((mib, node) => [
    '-object',
    `${kind},id=${MEMORY_BACKEND}${node},size=${mib}M,prealloc=${prealloc}`,
  ]);
  if (numaNodes === 1)
    return [...size, ...backends, '-machine', `memory-backend=${MEMORY_BACKEND}0`];
  let next = 0;
  const nodes = shares(shape.smp, numaNodes).flatMap((cpus, node) => {
    const list = cpus === 0 ? '' : `,cpus=${next}-${next + cpus - 1}`;
    next += cpus;
    return ['-numa', `node,nodeid=${node},memdev=${MEMORY_BACKEND}${node}${list}`];
  });
  return [...size, ...backends, ...nodes];
}

/** Evenly, and what does not divide goes to the first ones. */
function shares(whole: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, part) => Math.floor((whole + parts - 1 - part) / parts));
}

/** The first becomes ttyS0 of the guest, the second ttyS1. */
function serialArguments(port: { readonly id: string; readonly path: string }): string[] {
  return [...chardevArguments(port), '-serial', `chardev:${port.id}`];
}

/** A microvm has one port of its own; the other one is plugged in where a PC has it. */
function secondSerialArguments({ machine }: GuestSettings, path: string): string[] {
  const port = { id: 'results', path };
  if (machine !== 'microvm') return serialArguments(port);
  return [...chardevArguments(port), '-device', 'isa-serial,chardev=results,iobase=0x2f8,irq=3'];
}

function chardevArguments({ id, path }: { readonly id: string; readonly path: string }): string[] {
  return ['-chardev', `file,id=${id},path=${escapeCommas(path)}`];
}

/** In an option list of QEMU a comma is a separator unless it is doubled. */
function escapeCommas(text: string): string {
  return text.replaceAll(',', ',,');
}
