// SPDX-License-Identifier: Apache-2.0
/**
 * Estimates the time a sweep still needs from the trials it has seen, or from its spec before that.
 */
import { isEnded, isSettled, type SweepState } from '../fold/lab-state.js';

/**
 * `hostCount` hosts share the work evenly; a row without any outcome yet takes the spec's estimate.
 */
export function estimateRemainingMs(sweep: SweepState, hostCount: number): number {
  if (isEnded(sweep)) return 0;
  let totalMs = 0;
  for (const block of sweep.blocks.values()) {
    if (block.decision !== undefined) continue;
    const open = block.planned.trials.filter(({ id }) => !isSettled(block, id)).length;
    const row = block.planned.row;
    const seen = sweep.durations.get(row);
    const eachMs = seen === undefined ? sweep.rows.get(row)?.estimateMs : seen.totalMs / seen.count;
    totalMs += open * (eachMs ?? 0);
  }
  return totalMs / Math.max(1, hostCount);
}
