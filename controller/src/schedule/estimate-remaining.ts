// SPDX-License-Identifier: Apache-2.0
/**
 * Estimates the time a sweep still needs from the trials it has seen, or from its spec before that.
 */
import type { RowId } from '@labsweep/proto';
import { isEnded, type SweepState } from '../fold/lab-state.js';

/**
 * `hostCount` hosts share the work evenly; a row without any outcome yet takes the spec's estimate.
 */
export function estimateRemainingMs(sweep: SweepState, hostCount: number): number {
  if (isEnded(sweep)) return 0;
  const seen = durationsByRow(sweep);
  let totalMs = 0;
  for (const block of sweep.blocks.values()) {
    if (block.decision !== undefined) continue;
    const open = block.planned.trials.filter((trial) => !sweep.settledTrials.has(trial.id)).length;
    const row = block.planned.row;
    totalMs += open * (seen.get(row) ?? sweep.rows.get(row)?.estimateMs ?? 0);
  }
  return totalMs / Math.max(1, hostCount);
}

function durationsByRow(sweep: SweepState): Map<RowId, number> {
  const sums = new Map<RowId, { totalMs: number; count: number }>();
  for (const entry of sweep.entries) {
    const row = sweep.blocks.get(entry.block)?.planned.row;
    if (row === undefined) continue;
    const sum = sums.get(row) ?? { totalMs: 0, count: 0 };
    sums.set(row, { totalMs: sum.totalMs + entry.durationMs, count: sum.count + 1 });
  }
  return new Map([...sums].map(([row, { totalMs, count }]) => [row, totalMs / count]));
}
