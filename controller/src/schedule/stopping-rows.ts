// SPDX-License-Identifier: Apache-2.0
/** Rows that have blocks enough, from the outcome that showed it to the command that stops them. */
import type { Commanded, FoldOutcome, RowId, SweepId } from '@labsweep/proto';
import type { LabState, SweepState } from '../fold/lab-state.js';
import type { OpenSweeps } from './open-sweeps.js';
import type { ScheduleDecision } from './schedule-view.js';

/** Knows the values of rows that ask for a precision. */
export interface Precisions {
  /** Takes an outcome that the fold has taken; its row, where a block of it is decided by that. */
  took(sweep: SweepState, entry: FoldOutcome): RowId | undefined;
  /** Whether the values of the row are as precise as the spec asks. */
  isPrecise(sweep: SweepState, row: RowId): boolean;
}

/** To look at a row of a thousand blocks takes some 30 ms, in which nobody is answered. */
const ROWS_A_TURN = 8;

export class StoppingRows {
  /** Rows of which a block was decided since they were looked at, or got more to do. */
  private readonly news = new Map<SweepId, Set<RowId>>();

  constructor(private readonly precisions: Precisions) {}

  /** An outcome that the fold has taken. */
  observe({ sweeps }: LabState, entry: FoldOutcome): void {
    const sweep = sweeps.get(entry.sweep);
    const row = sweep && this.precisions.took(sweep, entry);
    if (row === undefined) return;
    const rows = this.news.get(entry.sweep);
    if (rows === undefined) this.news.set(entry.sweep, new Set([row]));
    else rows.add(row);
  }

  /** Rows that have enough; nothing more of them is handed out from here on. */
  take(lab: LabState, queues: OpenSweeps): ScheduleDecision[] {
    return this.nextNews().flatMap(({ sweep, row }) => {
      const state = lab.sweeps.get(sweep);
      const queue = queues.get(sweep)?.row(row);
      if (state === undefined || queue === undefined || queue.isStopping) return [];
      if (queue.begunCount === queue.blockCount || !this.precisions.isPrecise(state, row))
        return [];
      queue.isStopping = true;
      const counts = { repetitions: queue.begunCount, plannedRepetitions: queue.blockCount };
      return [{ kind: 'stop-row' as const, sweep, row, ...counts }];
    });
  }

  /** Each once. After a long log there are many, and the next turn comes with the next event. */
  private nextNews(): readonly { readonly sweep: SweepId; readonly row: RowId }[] {
    const next: { readonly sweep: SweepId; readonly row: RowId }[] = [];
    for (const [sweep, rows] of this.news) {
      for (const row of rows) {
        if (next.length === ROWS_A_TURN) return next;
        next.push({ sweep, row });
        rows.delete(row);
      }
      this.news.delete(sweep);
    }
    return next;
  }

  /**
   * A command has come through the log. What is left of a row that stops may be handed out again.
   * Work that a user has asked for since is not taken back by what was known before: also not by a
   * controller that reads all of it in the log and was not there.
   */
  commanded({ sweep, command }: Commanded, queues: OpenSweeps): void {
    if (command.kind === 'stop-row') {
      const queue = queues.get(sweep)?.row(command.row);
      if (queue !== undefined) queue.isStopping = false;
      this.news.get(sweep)?.delete(command.row);
    } else if (command.kind !== 'pause' && command.kind !== 'resume') this.news.delete(sweep);
  }
}
