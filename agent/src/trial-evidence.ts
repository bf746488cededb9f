// SPDX-License-Identifier: Apache-2.0
/** The two sides that validation compares: what was asked of a trial, and what was seen of it. */
import type { Environment, Expectation, FailureClass, OutputFormat } from '@labsweep/proto';
import type { ConsoleReading } from './classify-console.js';
import type { Transcript } from './transcript.js';

export interface TrialRequirements {
  readonly environment: Environment;
  readonly smp: number;
  /** What the spec adds to the kernel command line. */
  readonly commandLine: string;
  /** What `uname -r` must say; undefined accepts whatever kernel runs. */
  readonly kernelRelease?: string;
  /** How the reproducer's output is read. */
  readonly output: OutputFormat;
  readonly metrics: readonly string[];
  readonly expectations: readonly Expectation[];
}

export interface TrialEvidence {
  readonly transcript: Transcript;
  /** Absent where there is no guest. */
  readonly console?: ConsoleReading;
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
