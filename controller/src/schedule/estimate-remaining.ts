// SPDX-License-Identifier: Apache-2.0
/**
 * Estimates the time a sweep still needs from the trials it has seen, or from its spec before that.
 */
import type { DurationEstimates } from './duration-estimates.js';
import { blockAt, settledCountOf } from './sweep-facts.js';
import type { SweepQueue } from './sweep-queue.js';

/**
 * `hostCount` hosts share the work evenly; a row without any outcome yet takes the spec's estimate.
 * It looks at those blocks alone that someone has begun.
 */
export function estimateRemainingMs(
  sweep: SweepQueue,
  estimates: DurationEstimates,
  hostCount: number,
): number {
  let totalMs = 0;
  for (const queue of sweep.rows) {
    let trials = queue.undecidedCount * queue.row.kernels.length;
    for (const index of queue.touched()) {
      const block = blockAt(sweep.sweep, queue.row, index);
      if (block !== undefined) trials -= settledCountOf(block);
    }
    totalMs += Math.max(0, trials) * estimates.trialMs(sweep.id, queue.row);
  }
  return totalMs / Math.max(1, hostCount);
}
