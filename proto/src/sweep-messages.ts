// SPDX-License-Identifier: Apache-2.0
/**
 * What the controller tells a user about a sweep, in the words of the domain. It holds no
 * behaviour.
 */
import type { BlockId, HostId, RowId, SweepId, TrialId } from './domain.js';

export const SWEEP_STATES = ['running', 'finished', 'cancelled'] as const;
export type SweepState = (typeof SWEEP_STATES)[number];

export interface SweepSummary {
  readonly sweep: SweepId;
  readonly state: SweepState;
  readonly blocksTotal: number;
  /** Blocks whose counting attempt is known, complete or not. */
  readonly blocksDecided: number;
  readonly trialsTotal: number;
  /** Planned trials with an outcome in the log. */
  readonly trialsSettled: number;
  readonly submittedAtMs: number;
  readonly by: string;
}

export interface RunningTrial {
  readonly trial: TrialId;
  readonly hostName: string;
  readonly sinceMs: number;
}

/** A row that no attached agent can run. */
export interface WaitingRow {
  readonly row: RowId;
  readonly reason: string;
}

/** The attempt of a block that counts; not complete when the limit of attempts was reached. */
export interface BlockDecision {
  readonly block: BlockId;
  readonly attempt: number;
  readonly host: HostId;
  readonly complete: boolean;
}

export interface Progress {
  readonly summary: SweepSummary;
  readonly running: readonly RunningTrial[];
  /** Absent while no duration is known. */
  readonly remainingMs?: number;
  readonly waiting: readonly WaitingRow[];
  readonly hostsAttached: number;
}
