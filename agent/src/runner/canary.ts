// SPDX-License-Identifier: Apache-2.0
/**
 * Finds out by booting guests whether KVM works here. Opening /dev/kvm proves nothing: on some
 * hosts it opens and the guest dies, in the firmware or only in a real kernel.
 */
import { access, constants, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_GUEST, type Support } from '@labsweep/proto';
import { readConsole } from '../classify-console.js';
import { formatSeconds } from '../format-seconds.js';
import { readIfPresent } from '../io/read-if-present.js';
import { withScratch } from '../io/scratch.js';
import type { BootPlan } from './boot-plan.js';
import { BOOT_SECTOR_MARKER, bootDisk } from './boot-sector.js';
import { guestInitramfs } from './guest-initramfs.js';
import { launchQemu, type QemuEnd } from './launch-qemu.js';
import { type Accelerator, limitsFor } from './limits.js';
import { diskGuestArguments, guestFilesIn, kernelGuestArguments } from './qemu-args.js';

export interface CanaryOptions {
  readonly qemuBinary: string;
  readonly initPath: string;
  readonly scratchDirectory: string;
}

/** Remembers what it has learned; one belongs to one QEMU runner. */
export interface Canary {
  /** Boots the tiny guest, the first time it is asked. */
  probeKvm(): Promise<Support>;
  /**
   * Boots a kernel to the guest's init as a trial will, the first time it is asked for it. Gives
   * the reason when KVM cannot do it, and from then on KVM counts as unusable for every kernel.
   */
  confirmKvm(
    kernel: { readonly boot: BootPlan; readonly release: string },
    signal: AbortSignal,
  ): Promise<string | undefined>;
}

export function createCanary(options: CanaryOptions): Canary {
  const confirmed = new Set<string>();
  let tinyGuest: Promise<string | undefined> | undefined;
  let verdict: string | undefined;

  const probe = async () => {
    tinyGuest ??= whyKvmFails(options);
    verdict ??= await tinyGuest;
    return verdict;
  };
  return {
    async probeKvm() {
      const reason = await probe();
      return {
        environment: 'qemu-kvm',
        available: reason === undefined,
        reason: reason ?? 'a guest booted to its marker under KVM',
      };
    },
    async confirmKvm({ boot, release }, signal) {
      if ((await probe()) !== undefined || confirmed.has(boot.kernelPath)) return verdict;
      verdict = await bootKernelCanary({ ...options, boot, release, accelerator: 'kvm', signal });
      if (verdict === undefined) confirmed.add(boot.kernelPath);
      return verdict;
    },
  };
}

async function whyKvmFails(options: CanaryOptions): Promise<string | undefined> {
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const advice =
      code === 'EACCES' ? 'add the user to group kvm' : 'load the module kvm_intel or kvm_amd';
    return `/dev/kvm cannot be opened (${code}); ${advice}`;
  }
  return bootTinyGuest({ ...options, accelerator: 'kvm' });
}

/** Boots the boot sector, and gives the reason when its marker does not come. */
export async function bootTinyGuest(
  options: CanaryOptions & { readonly accelerator: Accelerator },
): Promise<string | undefined> {
  const { accelerator } = options;
  const limitMs = limitsFor({ accelerator, smp: 1, hostCpus: 1 }).bootSectorMs;
  return withScratch(options.scratchDirectory, async (directory) => {
    const files = { diskPath: join(directory, 'disk'), consolePath: join(directory, 'console') };
    await writeFile(files.diskPath, bootDisk());
    const end = await launchQemu({
      qemuBinary: options.qemuBinary,
      arguments: diskGuestArguments({ name: 'labsweep-canary', accelerator, ...files }),
      workingDirectory: directory,
      stop: AbortSignal.timeout(limitMs),
    });
    const console = await readText(files.consolePath);
    if (console.includes(BOOT_SECTOR_MARKER)) return undefined;
    return describeSilence({ end, accelerator, limitMs, what: 'a guest of 512 bytes' });
  });
}

/** Boots a real kernel, and gives the reason when it does not reach the guest's init. */
export async function bootKernelCanary(
  options: CanaryOptions & {
    readonly boot: BootPlan;
    /** For the message. */
    readonly release: string;
    readonly accelerator: Accelerator;
    readonly signal: AbortSignal;
  },
): Promise<string | undefined> {
  const { accelerator, boot, release, signal } = options;
  const limitMs = limitsFor({ accelerator, smp: 1, hostCpus: 1 }).kernelCanaryMs;
  return withScratch(options.scratchDirectory, async (directory) => {
    const files = guestFilesIn(directory);
    const init = await readFile(options.initPath);
    await writeFile(files.initramfsPath, guestInitramfs({ init, hasExitPort: boot.hasExitPort }));
    const name = 'labsweep-canary';
    const end = await launchQemu({
      qemuBinary: options.qemuBinary,
      arguments: kernelGuestArguments({ name, accelerator, ...CANARY_MACHINE, boot, files }),
      workingDirectory: directory,
      stop: AbortSignal.timeout(limitMs),
      signal,
    });
    const { stage } = readConsole(await readText(files.consolePath));
    if (stage !== 'firmware' && stage !== 'boot') return undefined;
    return describeSilence({ end, accelerator, limitMs, what: `the kernel ${release}` });
  });
}

const CANARY_MACHINE = { shape: { smp: 1, memoryMib: 512 }, guest: DEFAULT_GUEST };

function describeSilence(seen: {
  readonly end: QemuEnd;
  readonly accelerator: Accelerator;
  readonly limitMs: number;
  readonly what: string;
}): string {
  const name = seen.accelerator.toUpperCase();
  const why =
    seen.end.problem ??
    (seen.end.wasStopped
      ? `${seen.what} gave no sign of life within ${formatSeconds(seen.limitMs)}`
      : `${seen.what} ended without a sign of life`);
  return `${name} is unusable: ${why}`;
}

/** Far more than a guest prints on its way to the init. */
const CONSOLE_BYTES_MAX = 1024 * 1024;

async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readIfPresent(path, CONSOLE_BYTES_MAX));
}
