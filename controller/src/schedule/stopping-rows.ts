// SPDX-License-Identifier: Apache-2.0
/** Rows that have blocks enough, from the outcome that showed it to the command that stops them. */
import type { Commanded, RowId, SweepId, TrialEnded } from '@labsweep/proto';
import type { LabState, SweepState } from '../fold/lab-state.js';
import type { OpenSweeps } from './open-sweeps.js';
import type { ScheduleDecision } from './schedule-view.js';

/** The row of the outcome, when its values are as precise as the spec asks. */
export type PreciseRow = (sweep: SweepState, entry: TrialEnded) => RowId | undefined;

export class StoppingRows {
  private readonly found: { readonly sweep: SweepId; readonly row: RowId }[] = [];

  /** An outcome that the fold has taken. */
  observe(
    { sweeps }: LabState,
    { preciseRow }: { readonly preciseRow: PreciseRow },
    entry: TrialEnded,
  ): void {
    const sweep = sweeps.get(entry.sweep);
    const row = sweep && preciseRow(sweep, entry);
    if (row !== undefined) this.found.push({ sweep: entry.sweep, row });
  }

  /** Each row once; nothing more of it is handed out from here on. */
  take(queues: OpenSweeps): ScheduleDecision[] {
    return this.found.splice(0).flatMap(({ sweep, row }) => {
      const queue = queues.get(sweep)?.row(row);
      if (queue === undefined || queue.isStopping) return [];
      if (queue.begunCount === queue.blockCount) return [];
      queue.isStopping = true;
      const counts = { repetitions: queue.begunCount, plannedRepetitions: queue.blockCount };
      return [{ kind: 'stop-row' as const, sweep, row, ...counts }];
    });
  }

  /** The command has come through the log: what is left of the row may be handed out again. */
  commanded({ sweep, command }: Commanded, queues: OpenSweeps): void {
    const queue = command.kind === 'stop-row' ? queues.get(sweep)?.row(command.row) : undefined;
    if (queue !== undefined) queue.isStopping = false;
  }
}
