// SPDX-License-Identifier: Apache-2.0
/**
 * Every timeout of the runners, from one table for a guest under KVM, times the slowdown of the
 * machine at hand. The deadline of a trial is not here: it is the spec's, and is taken as written.
 */

export type Accelerator = 'kvm' | 'tcg';

interface Limits {
  /**
   * From the start of QEMU until the guest's init speaks. A boot under KVM takes about a second.
   */
  readonly bootMs: number;
  /** For the boot sector, which speaks within 300 ms where KVM works as it should. */
  readonly bootSectorMs: number;
  /** For a real kernel to reach the guest's init before it is first measured under KVM. */
  readonly kernelCanaryMs: number;
}

const BASE: Limits = {
  bootMs: 20_000,
  bootSectorMs: 3_000,
  kernelCanaryMs: 10_000,
};

/**
 * Of QEMU itself, before its guest runs, so no accelerator matters. It says hello within 20 ms, and
 * answers its first command when kernel and memory are in place: preallocation takes a second for
 * each few GiB.
 */
export const QMP_LIMITS = { greetingMs: 30_000, answerMs: 120_000 } as const;

/** An emulated boot takes 2 to 3 s, and more on a busy host; KVM is the measure of all. */
const SLOWDOWN: Readonly<Record<Accelerator, number>> = { kvm: 1, tcg: 6 };

/** More guest CPUs than host CPUs take turns, so a boot slows down by as much again. */
export function limitsFor(machine: {
  readonly accelerator: Accelerator;
  readonly smp: number;
  readonly hostCpus: number;
}): Limits {
  const turns = Math.max(1, Math.ceil(machine.smp / machine.hostCpus));
  const slowdown = SLOWDOWN[machine.accelerator] * turns;
  return {
    bootMs: BASE.bootMs * slowdown,
    bootSectorMs: BASE.bootSectorMs * slowdown,
    kernelCanaryMs: BASE.kernelCanaryMs * slowdown,
  };
}
