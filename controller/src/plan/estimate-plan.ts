// SPDX-License-Identifier: Apache-2.0
/** Guesses how long a plan takes from what its spec says of a trial. It has measured nothing. */
import type { Plan } from '@labsweep/proto';

/** For one host, which runs one block at a time; downloads and failed attempts are not counted. */
export function estimatePlanMs(plan: Plan): number {
  const estimates = new Map(plan.rows.map((row) => [row.id, row.estimateMs]));
  return plan.blocks.reduce(
    (sum, block) => sum + block.trials.length * (estimates.get(block.row) ?? 0),
    0,
  );
}
