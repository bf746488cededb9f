// SPDX-License-Identifier: Apache-2.0
/**
 * What analysis is given: one sweep as the log knows it, as plain values. It says what happened and
 * which attempts count; it holds no statistics.
 */
import type {
  BlockId,
  HostId,
  Plan,
  RowId,
  Sha256,
  Spec,
  Submitted,
  SweepId,
  TrialEnded,
} from '@labsweep/proto';
import type { CommandEntry } from './command-text.js';

/** `interrupted`: nobody works on the sweep, although trials are left and it was not cancelled. */
export type SweepState = 'running' | 'finished' | 'cancelled' | 'interrupted';

/**
 * Which attempt of a block counts; `complete` is false when the attempts ran out with trials
 * missing.
 */
export interface BlockDecision {
  readonly attempt: number;
  readonly host: HostId;
  readonly complete: boolean;
}

/** A host as far as a report needs it. */
export interface RecordedHost {
  readonly id: HostId;
  readonly name: string;
  readonly facts: Readonly<Record<string, string>>;
}

export interface SweepRecord {
  readonly sweep: SweepId;
  readonly state: SweepState;
  readonly spec: Spec;
  readonly plan: Plan;
  /** With the kernels that were added later. */
  readonly submitted: Submitted;
  /** Every attempt of every trial, in log order; the same entry may stand there twice. */
  readonly entries: readonly TrialEnded[];
  readonly decisions: ReadonlyMap<BlockId, BlockDecision>;
  readonly hosts: readonly RecordedHost[];
  /** Rows that no attached agent can run, with the reason. */
  readonly waiting: readonly { readonly row: RowId; readonly reason: string }[];
  /** What was asked and decided after the submission, in log order; absent where nothing was. */
  readonly commands?: readonly CommandEntry[];
  /** Ids of those that changed nothing when their turn came; absent where all did. */
  readonly withoutEffect?: ReadonlySet<string>;
  /** For measurements that no lab of ours made: where they come from and what was assumed. */
  readonly provenance?: readonly string[];
  /** The table that such measurements were read from; absent for a sweep of ours. */
  readonly table?: MeasuredTable;
}

/** A table made elsewhere: all that is known of how its numbers came about. */
export interface MeasuredTable {
  readonly fileName: string;
  readonly sha256: Sha256;
}
