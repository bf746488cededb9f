// SPDX-License-Identifier: Apache-2.0
/** The two sides that validation compares: what was asked of a trial, and what was seen of it. */
import type {
  Environment,
  Expectation,
  FailureClass,
  GuestSettings,
  OutputFormat,
  Purpose,
} from '@labsweep/proto';
import type { ConsoleReading } from './classify-console.js';
import type { Transcript } from './transcript.js';

export interface TrialRequirements {
  readonly environment: Environment;
  /** Timing where it is left out. */
  readonly purpose?: Purpose;
  readonly smp: number;
  /** What the spec adds to the kernel command line. */
  readonly commandLine: string;
  /** What `uname -r` must say; undefined accepts whatever kernel runs. */
  readonly kernelRelease?: string;
  /** How the reproducer's output is read. */
  readonly output: OutputFormat;
  readonly metrics: readonly string[];
  readonly expectations: readonly Expectation[];
  /** Present where the trial ran in a guest, and then all of its record is required. */
  readonly guest?: GuestRequirements;
}

/** What QEMU was told to build and to boot. */
export interface GuestRequirements {
  readonly accelerator: 'kvm' | 'tcg';
  readonly memoryMib: number;
  readonly settings: GuestSettings;
  /** The whole command line that the kernel was given. */
  readonly commandLine: string;
}

export interface TrialEvidence {
  readonly transcript: Transcript;
  /** Absent where there is no guest. */
  readonly console?: ConsoleReading;
  /** How the machine ended, by QEMU's word: `guest-reset`, `guest-shutdown` and so on. */
  readonly shutdownReason?: string;
  /** What the runner already knows to have gone wrong on our side. */
  readonly labTrouble?: Trouble;
  /** Present when we ended the thing under test, because it did not end in time. */
  readonly stopped?: { readonly afterMs: number; readonly limit: 'deadline' | 'boot limit' };
}

/** What a check found. */
export interface Trouble {
  readonly class: FailureClass;
  readonly message: string;
  /** True for what is known to come from the emulator and not from the kernel in it. */
  readonly isEmulatorArtefact?: boolean;
}

/** Looks for one kind of trouble only, and gives undefined when there is none. */
export type Check = (asked: TrialRequirements, seen: TrialEvidence) => Trouble | undefined;
