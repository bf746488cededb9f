// SPDX-License-Identifier: Apache-2.0
/**
 * The command line of QEMU and of the guest's kernel, for a trial and for the canary. It only
 * writes them down; it starts nothing and looks at no host.
 */
import type { Shape } from '@labsweep/proto';
import type { Accelerator } from './limits.js';

export interface GuestFiles {
  readonly kernelPath: string;
  readonly initramfsPath: string;
  readonly consolePath: string;
  readonly resultsPath: string;
}

/** A guest that boots a kernel; both serial ports end in files. */
export function kernelGuestArguments(guest: {
  readonly name: string;
  readonly accelerator: Accelerator;
  readonly shape: Shape;
  readonly commandLine: string;
  readonly files: GuestFiles;
}): string[] {
  const { shape, files } = guest;
  return [
    ...machineArguments(guest),
    ...['-smp', `${shape.smp},sockets=1,cores=${shape.smp},threads=1`],
    ...['-m', `${shape.memoryMib}M`],
    ...['-kernel', files.kernelPath, '-initrd', files.initramfsPath],
    ...['-append', kernelCommandLine(guest.commandLine)],
    ...serialArguments({ id: 'console', path: files.consolePath }),
    ...serialArguments({ id: 'results', path: files.resultsPath }),
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
    ...machineArguments(guest),
    ...['-smp', '1', '-m', '64M'],
    ...['-drive', `if=none,id=disk,format=raw,file=${escapeCommas(guest.diskPath)}`],
    ...['-device', 'ide-hd,drive=disk'],
    ...['-device', 'isa-debug-exit,iobase=0x501,iosize=2'],
    ...serialArguments({ id: 'console', path: guest.consolePath }),
  ];
}

/**
 * The whole kernel command line. `panic=-1` reboots at once after a panic, which `-no-reboot` turns
 * into the end of QEMU. The boot is logged in full, since it is evidence and costs no time that was
 * measurable; `earlycon` shows a panic that comes before the real console.
 */
export function kernelCommandLine(asked: string): string {
  const base = 'console=ttyS0 earlycon=uart8250,io,0x3f8 panic=-1 loglevel=7';
  return asked.trim() === '' ? base : `${base} ${asked.trim()}`;
}

/**
 * Never `kvm:tcg`: QEMU would fall back in silence, and emulated times would pass for real ones.
 * Under KVM the guest gets the host's CPU. Under TCG it gets QEMU's plain default: other models
 * boot no faster, and moved measured times by 10 %, so the choice must stay the same for ever.
 */
function machineArguments(guest: { readonly name: string; readonly accelerator: Accelerator }) {
  return [
    ...['-name', `guest=${escapeCommas(guest.name)},debug-threads=on`],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-machine', `q35,usb=off,accel=${guest.accelerator}`],
    ...(guest.accelerator === 'kvm' ? ['-cpu', 'host,migratable=off'] : []),
  ];
}

/** The first becomes ttyS0 of the guest, the second ttyS1. */
function serialArguments(port: { readonly id: string; readonly path: string }): string[] {
  const file = `file,id=${port.id},path=${escapeCommas(port.path)}`;
  return ['-chardev', file, '-serial', `chardev:${port.id}`];
}

/** In an option list of QEMU a comma is a separator unless it is doubled. */
function escapeCommas(text: string): string {
  return text.replaceAll(',', ',,');
}
