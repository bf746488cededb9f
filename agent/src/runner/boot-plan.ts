// SPDX-License-Identifier: Apache-2.0
/**
 * Decides how a guest gets from QEMU's start to its init and down again, and says so in facts. The
 * fast way leaves out only what is over before the reproducer starts.
 */
import type { BootTrim, GuestSettings } from '@labsweep/proto';
import type { Facts } from '../io/host-tree.js';
import type { UnpackedKernel } from '../io/kernel-unpack.js';

export interface BootPlan {
  readonly kernelPath: string;
  /** A small firmware; undefined leaves QEMU's own. */
  readonly firmwarePath?: string;
  /** The init ends QEMU through the debug exit port, in place of a power-off. */
  readonly hasExitPort: boolean;
  readonly compressesInitramfs: boolean;
  /** The whole command line of the guest's kernel. */
  readonly commandLine: string;
  /** `boot_path`, `boot_protocol`, `boot_trims` and `firmware`. */
  readonly facts: Facts;
}

export interface BootRequest {
  readonly guest: GuestSettings;
  /** What the spec adds to the kernel command line. */
  readonly commandLine: string;
  readonly imagePath: string;
  readonly unpacked: UnpackedKernel;
  /** Where qboot lies on this host; undefined where there is none. */
  readonly qbootPath: string | undefined;
}

export function planBoot(request: BootRequest): BootPlan {
  const { guest, imagePath, unpacked, qbootPath } = request;
  const isFast = guest.boot === 'fast';
  const pvhPath = isFast && 'path' in unpacked ? unpacked.path : undefined;
  const isSmall = isFast && qbootPath !== undefined && mayUseQboot(request);
  const words = [
    'console=ttyS0 earlycon=uart8250,io,0x3f8 panic=-1',
    // Everything from notices up is evidence; the rest costs a fast boot 30 ms of serial line.
    `loglevel=${isFast ? 6 : 7}`,
    ...(isFast ? [FAST_WORDS] : []),
    ...guest.trims.map((trim) => TRIM_WORDS[trim]),
    request.commandLine.trim(),
  ].filter((word) => word !== '');
  const commandLine = words.join(' ');
  return {
    kernelPath: pvhPath ?? imagePath,
    ...(isSmall && { firmwarePath: qbootPath }),
    hasExitPort: isFast || guest.machine === 'microvm' || /(^| )acpi=off( |$)/.test(commandLine),
    compressesInitramfs: !isFast,
    commandLine,
    facts: {
      boot_path: guest.boot,
      boot_protocol: pvhPath === undefined ? 'bzimage' : 'pvh',
      ...(isFast && 'reason' in unpacked && { boot_protocol_reason: unpacked.reason }),
      boot_trims: guest.trims.join(',') || 'none',
      firmware: isSmall ? 'qboot' : 'default',
    },
  };
}

/**
 * The small firmware of microvm is QEMU's choice already. And qboot leaves the old interrupt wiring
 * of a PC unset, so that a kernel without its local APIC never sees a timer tick and stands still.
 */
function mayUseQboot({ guest, commandLine }: BootRequest): boolean {
  return guest.machine !== 'microvm' && !/(^| )nolapic( |$)/.test(commandLine);
}

/**
 * The kernel's crypto self-tests take 300 ms of an emulated boot, and are over before the init
 * runs.
 */
const FAST_WORDS = 'cryptomgr.notests';

const TRIM_WORDS: Readonly<Record<BootTrim, string>> = {
  'mitigations-off': 'mitigations=off',
  'acpi-off': 'acpi=off',
  'noreplace-smp': 'noreplace-smp',
};
