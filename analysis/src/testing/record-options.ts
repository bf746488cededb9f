// SPDX-License-Identifier: Apache-2.0
/** What a test says of the sweep it wants; the builder fills in the rest. */
import type {
  BlockOrder,
  Environment,
  EnvironmentRequest,
  FailureClass,
  FunctionProfile,
  GuestSettings,
  HygieneRecord,
  KernelConfig,
  Metric,
  NativeSettings,
  Outcome,
  Purpose,
} from '@labsweep/proto';
import type { SweepState } from '../sweep-record.js';

export interface RecordRow {
  /** Names the row, and the first part of its blocks and trials. */
  readonly id: string;
  readonly asked: EnvironmentRequest;
  /** Where the trials really run; by repetition when hosts differ. */
  readonly ran: Environment | ((repetition: number) => Environment);
  readonly smp: number;
  readonly memoryMib?: number;
  readonly kernels: readonly string[];
  /** `timing` unless said otherwise; then `of` names the timing row. */
  readonly purpose?: Purpose;
  readonly of?: string;
  /** Those of the sweep unless said otherwise. */
  readonly repetitions?: number;
  readonly guest?: Partial<GuestSettings>;
  readonly native?: Partial<NativeSettings>;
  /** Added to the outcomes of the row's measured trials. */
  readonly told?: (kernel: string, repetition: number) => Told;
}

/** What a trial tells beside its values. */
export interface Told {
  readonly facts?: Readonly<Record<string, string>>;
  readonly state?: Readonly<Record<string, string>>;
  readonly profile?: readonly FunctionProfile[];
  readonly hygiene?: HygieneRecord;
  /** Added to the values of result lines. */
  readonly line?: Readonly<Record<string, number>>;
}

/** A trial that fails in one attempt. After `lab-failed` the builder runs the block again. */
export interface RecordFailure {
  readonly trial: string;
  readonly attempt: number;
  readonly status: 'subject-failed' | 'lab-failed';
  readonly class: FailureClass;
  readonly message: string;
}

/** Where a value stands; for tests that need exact ones. */
export interface ValuePlace {
  readonly row: string;
  readonly repetition: number;
  readonly kernel: string;
  readonly smp: number;
}

export interface RecordOptions {
  /** Makes the noise, the order inside blocks and nothing else. */
  readonly seed: number;
  readonly state?: SweepState;
  readonly rows: readonly RecordRow[];
  readonly repetitions: number;
  readonly baseline: string;
  /** The second name of the baseline; rows that have it name it among their kernels. */
  readonly again?: string;
  /** What the spec says of it; blocks are made by the seed in any case. */
  readonly order?: BlockOrder;
  readonly margin?: number;
  /** By kernel; the others tell none. */
  readonly configs?: Readonly<Record<string, KernelConfig>>;
  readonly gap?: { readonly good: string; readonly bad: string; readonly candidate: string };
  readonly metrics?: readonly Metric[];
  readonly scenarios?: readonly string[];
  /** In place of the made-up values; metrics without a value are not printed. */
  readonly values?: (place: ValuePlace) => Readonly<Record<string, number>>;
  readonly failures?: readonly RecordFailure[];
  /** How many of the two unlike hosts take blocks; both unless said otherwise. */
  readonly hostsMax?: number;
  /** What kernels say of their release, by name. */
  readonly releases?: Readonly<Record<string, string>>;
  /** Blocks in the middle of which another agent process took over. */
  readonly resumed?: readonly string[];
  /** The log ends after so many entries; blocks that are not whole by then have no decision. */
  readonly entriesMax?: number;
  /** Changes an outcome at the end, for what no other option can say. */
  readonly mendOutcome?: (outcome: Outcome, trial: string) => Outcome;
}
