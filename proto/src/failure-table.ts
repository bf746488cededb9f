// SPDX-License-Identifier: Apache-2.0
/**
 * The one decision between "the kernel or the reproducer failed" and "our lab failed". The first is
 * a finding and is stored; the second is retried and never reaches the statistics. Beside it stands
 * whom each class blames.
 */
import type { FailureClass, Outcome } from './domain.js';

export type FailureStatus = Exclude<Outcome['status'], 'measured'>;

/**
 * Who has to change for the trial to pass, as far as the class can tell. `host` is the box with all
 * that the lab runs on it; `nobody` is for what passes by itself.
 */
export type Blame = 'kernel' | 'workload' | 'host' | 'spec' | 'nobody';

export interface FailureRule {
  readonly status: FailureStatus;
  readonly blames: Blame;
  /** Why the class stands on that side. */
  readonly because: string;
}

export const FAILURE_TABLE: Readonly<Record<FailureClass, FailureRule>> = {
  'spawn-failed': {
    status: 'lab-failed',
    blames: 'host',
    because: 'QEMU or the reproducer never started, so nothing was tested',
  },
  'artifact-missing': {
    status: 'lab-failed',
    blames: 'host',
    because: 'a kernel or a binary did not reach the host, so nothing was tested',
  },
  'accelerator-mismatch': {
    status: 'lab-failed',
    blames: 'host',
    because: 'the host cannot give what the environment names; another host may',
  },
  'no-output': {
    status: 'lab-failed',
    blames: 'host',
    because: 'without a word from the kernel it is not known that the kernel ran at all',
  },
  'boot-stuck': {
    status: 'subject-failed',
    blames: 'kernel',
    because: 'the kernel ran and did not reach user space',
  },
  panic: {
    status: 'subject-failed',
    blames: 'kernel',
    because: 'the kernel said so itself',
  },
  oops: {
    status: 'subject-failed',
    blames: 'kernel',
    because: 'the kernel said so itself, and numbers measured after an oops mean nothing',
  },
  reset: {
    status: 'subject-failed',
    blames: 'kernel',
    because: 'a machine that resets without a word is mostly a triple fault of its kernel',
  },
  'init-failed': {
    status: 'lab-failed',
    blames: 'host',
    because: 'the init is ours; the reproducer was not reached',
  },
  'cpu-mismatch': {
    status: 'lab-failed',
    blames: 'spec',
    because: 'a value measured at another CPU count must not enter the row',
  },
  'memory-mismatch': {
    status: 'lab-failed',
    blames: 'spec',
    because: 'a value measured with another amount of memory must not enter the row',
  },
  'kernel-mismatch': {
    status: 'lab-failed',
    blames: 'host',
    because: 'the wrong kernel was booted; nothing is learned of the right one',
  },
  'command-line-mismatch': {
    status: 'lab-failed',
    blames: 'spec',
    because: 'the kernel was booted differently from what the spec asks for',
  },
  'reproducer-exit': {
    status: 'subject-failed',
    blames: 'workload',
    because: 'a reproducer that fails on one kernel and not on another is a finding',
  },
  'reproducer-signal': {
    status: 'subject-failed',
    blames: 'workload',
    because: 'a reproducer that crashes on one kernel and not on another is a finding',
  },
  'garbage-output': {
    status: 'subject-failed',
    blames: 'workload',
    because: 'the same binary prints the same shape every time, so a retry changes nothing',
  },
  truncated: {
    status: 'lab-failed',
    blames: 'host',
    because: 'the result channel lost something; what is left cannot be trusted',
  },
  deadline: {
    status: 'subject-failed',
    blames: 'workload',
    because: 'a hang while the reproducer runs is a finding',
  },
  'unexpected-result': {
    status: 'subject-failed',
    blames: 'kernel',
    because: 'the reproducer checked itself and found the kernel wrong',
  },
  'placement-mismatch': {
    status: 'lab-failed',
    blames: 'spec',
    because: 'the threads did not sit on the CPUs that they were given',
  },
  'record-incomplete': {
    status: 'lab-failed',
    blames: 'host',
    because: 'what was measured is not proven without the record of its machine',
  },
  'host-disturbed': {
    status: 'lab-failed',
    blames: 'nobody',
    because: 'something else on the host moved while the trial ran; the kernel is not to blame',
  },
};

/**
 * Whether a failure of the lab says something against its host or the kernel on it. One that the
 * spec asked for follows it to every host, and a disturbance passes.
 */
export function speaksAgainstHost(failure: FailureClass): boolean {
  const { blames } = FAILURE_TABLE[failure];
  return blames !== 'spec' && blames !== 'nobody';
}

/**
 * The status of a failure. A known artefact of the emulator is ours whatever it looks like: the
 * kernel is not to blame for it, and a second boot mostly passes.
 */
export function failureStatus(failure: {
  readonly class: FailureClass;
  readonly isEmulatorArtefact: boolean;
}): FailureStatus {
  return failure.isEmulatorArtefact ? 'lab-failed' : FAILURE_TABLE[failure.class].status;
}
