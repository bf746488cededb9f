// SPDX-License-Identifier: Apache-2.0
/**
 * A sweep as its folder and its bundle keep it: the entries of the log, and what the controller
 * decided. Every report is made from it, wherever it was kept.
 */
import type { SweepRecord } from '@labsweep/analysis';
import type { BlockDecision, LogEntry, SweepId, WaitingRow } from '@labsweep/proto';

export interface SweepLog {
  readonly sweep: SweepId;
  readonly state: SweepRecord['state'];
  /** Rows that no agent could run when the sweep was looked at. */
  readonly waiting: readonly WaitingRow[];
  /** In the order of the plan. */
  readonly decisions: readonly BlockDecision[];
  /** The submission first, the outcomes last and in log order. */
  readonly entries: readonly LogEntry[];
}
