// SPDX-License-Identifier: Apache-2.0
/**
 * Tells before the boot when a guest's memory cannot hold its kernel: such a guest would be silent
 * until its deadline. What passes may still be too little.
 */
import { readIfPresent } from '../io/read-if-present.js';
import { KERNEL_HEADER_BYTES, kernelEnd } from '../kernel-end.js';
import type { Trouble } from '../trial-evidence.js';

const MIB = 1024 * 1024;
/** What a kernel takes besides until its init runs was never seen to be less. */
const ADVISED_MIB = 64;

export async function findTooLittleMemory(guest: {
  readonly kernelPath: string;
  readonly release: string;
  readonly initramfsBytes: number;
  readonly memoryMib: number;
}): Promise<Trouble | undefined> {
  const { kernelPath, release, initramfsBytes, memoryMib } = guest;
  const end = kernelEnd(await readIfPresent(kernelPath, KERNEL_HEADER_BYTES));
  if (end === undefined || end + initramfsBytes <= memoryMib * MIB) return undefined;
  const needMib = Math.ceil((end + initramfsBytes) / MIB);
  const message =
    `memory_mib = ${memoryMib} cannot hold the kernel ${release}, which ends at ` +
    `${Math.ceil(end / MIB)} MiB, and an initramfs of ${(initramfsBytes / MIB).toFixed(1)} MiB; ` +
    `write memory_mib = ${Math.ceil((needMib + ADVISED_MIB) / 64) * 64} or more`;
  return { class: 'memory-mismatch', message };
}
