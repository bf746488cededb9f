// SPDX-License-Identifier: Apache-2.0
/**
 * The one decision between "the kernel or the reproducer failed" and "our lab failed". The first is
 * a finding and is stored; the second is retried and never reaches the statistics.
 */
import type { FailureClass, Outcome } from '@labsweep/proto';

type FailureStatus = Exclude<Outcome['status'], 'measured'>;

interface FailureRule {
  readonly status: FailureStatus;
  /** Why the class stands on that side. */
  readonly because: string;
}

export const FAILURE_TABLE: Readonly<Record<FailureClass, FailureRule>> = {
  'spawn-failed': {
    status: 'lab-failed',
    because: 'QEMU or the reproducer never started, so nothing was tested',
  },
  'artifact-missing': {
    status: 'lab-failed',
    because: 'a kernel or a binary did not reach the host, so nothing was tested',
  },
  'accelerator-mismatch': {
    status: 'lab-failed',
    because: 'the host cannot give what the environment names; another host may',
  },
  'no-output': {
    status: 'lab-failed',
    because: 'without a word from the kernel it is not known that the kernel ran at all',
  },
  'boot-stuck': {
    status: 'subject-failed',
    because: 'the kernel ran and did not reach user space',
  },
  panic: { status: 'subject-failed', because: 'the kernel said so itself' },
  oops: {
    status: 'subject-failed',
    because: 'the kernel said so itself, and numbers measured after an oops mean nothing',
  },
  reset: {
    status: 'subject-failed',
    because: 'a machine that resets without a word is mostly a triple fault of its kernel',
  },
  'init-failed': {
    status: 'lab-failed',
    because: 'the init is ours; the reproducer was not reached',
  },
  'cpu-mismatch': {
    status: 'lab-failed',
    because: 'a value measured at another CPU count must not enter the row',
  },
  'memory-mismatch': {
    status: 'lab-failed',
    because: 'a value measured with another amount of memory must not enter the row',
  },
  'kernel-mismatch': {
    status: 'lab-failed',
    because: 'the wrong kernel was booted; nothing is learned of the right one',
  },
  'command-line-mismatch': {
    status: 'lab-failed',
    because: 'the kernel was booted differently from what the spec asks for',
  },
  'reproducer-exit': {
    status: 'subject-failed',
    because: 'a reproducer that fails on one kernel and not on another is a finding',
  },
  'reproducer-signal': {
    status: 'subject-failed',
    because: 'a reproducer that crashes on one kernel and not on another is a finding',
  },
  'garbage-output': {
    status: 'subject-failed',
    because: 'the same binary prints the same shape every time, so a retry changes nothing',
  },
  truncated: {
    status: 'lab-failed',
    because: 'the result channel lost something; what is left cannot be trusted',
  },
  deadline: {
    status: 'subject-failed',
    because: 'a hang while the reproducer runs is a finding',
  },
  'unexpected-result': {
    status: 'subject-failed',
    because: 'the reproducer checked itself and found the kernel wrong',
  },
  'placement-mismatch': {
    status: 'lab-failed',
    because: 'the threads did not sit on the CPUs that they were given',
  },
  'record-incomplete': {
    status: 'lab-failed',
    because: 'what was measured is not proven without the record of its machine',
  },
  'host-disturbed': {
    status: 'lab-failed',
    because: 'something else on the host moved while the trial ran; the kernel is not to blame',
  },
};

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
