// SPDX-License-Identifier: Apache-2.0
/**
 * Finds what a host could do for a block right now: which attempt, and which of its trials. Whether
 * it gets them is not decided here.
 */
import type { Environment, HostDescription, HostId, PlannedRow, TrialId } from '@labsweep/proto';
import { isWhole } from '../fold/decide-block.js';
import type { AttemptState, BlockState, SweepState } from '../fold/lab-state.js';
import { isBooted } from './booted-kernel.js';

export interface Opening {
  readonly attempt: number;
  /** At least one, in run order, without those that have an outcome in this attempt. */
  readonly trials: readonly TrialId[];
}

/**
 * Undefined when all that the block lacks on this host waits for another kernel to be booted there.
 */
export function findOpening(options: {
  readonly sweep: SweepState;
  readonly row: PlannedRow;
  readonly block: BlockState;
  readonly host: HostDescription;
  readonly environment: Environment;
}): Opening | undefined {
  const { sweep, row, block, host, environment } = options;
  const begun = begunBy(block, host.id);
  // A block that began under one accelerator is never finished under another.
  const resumed = begun?.environment === environment ? begun : undefined;
  const trials = block.planned.trials
    .filter(({ id }) => !resumed?.outcomes.has(id))
    .filter(({ kernel }) => isBooted({ sweep, row, kernel, host }))
    .map(({ id }) => id);
  if (trials.length === 0) return undefined;
  return { attempt: resumed?.attempt ?? nextAttempt(block), trials };
}

/** The newest attempt of this host that lacks trials. */
export function begunBy(block: BlockState, host: HostId): AttemptState | undefined {
  return block.attempts.findLast((attempt) => attempt.host === host && !isWhole(block, attempt));
}

/** The hosts that have begun an attempt of the block and not ended it. */
export function ownersOf(block: BlockState): readonly HostId[] {
  const halfRun = block.attempts.filter((attempt) => !isWhole(block, attempt));
  return [...new Set(halfRun.map((attempt) => attempt.host))];
}

function nextAttempt(block: BlockState): number {
  const latest = Math.max(0, ...block.attempts.map((attempt) => attempt.attempt));
  return Math.max(block.firstAttempt, latest + 1);
}
