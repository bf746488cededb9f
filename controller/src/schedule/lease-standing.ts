// SPDX-License-Identifier: Apache-2.0
/** Says whether what a lease is about is still wanted. It ends no lease. */
import type { FoldOutcome, HeldLease } from '@labsweep/proto';
import { blockOf } from '../fold/block-of.js';
import { isEnded, type LabState, type SweepState } from '../fold/lab-state.js';
import type { LiveLease } from './schedule-view.js';
import { hasOutcome, isDecided } from './sweep-facts.js';

type Held = Pick<HeldLease, 'sweep' | 'block' | 'attempt'>;

const RUN_ANEW = 'the block is run anew';

/** Undefined while the block waits for just this attempt. */
export function reasonNotWanted(lab: LabState, held: Held): string | undefined {
  const state = lab.sweeps.get(held.sweep);
  const block = state?.blocks.get(held.block);
  if (state === undefined || block === undefined || isEnded(state) || isDecided(block)) {
    return 'the block is no longer wanted';
  }
  return isEarlierRound(state, held) ? RUN_ANEW : undefined;
}

/** True when the fold has all outcomes of the lease with this one: its agent waits for that. */
export function endsLease(
  lab: LabState,
  lease: LiveLease | undefined,
  { sweep, block, attempt, host }: FoldOutcome,
): boolean {
  if (lease?.block !== block || lease.attempt !== attempt || lease.sweep !== sweep) return false;
  const state = blockOf(lab.sweeps.get(sweep), block);
  const found = state?.attempts.find((each) => each.attempt === attempt && each.host === host);
  if (state === undefined || found === undefined) return false;
  const { trials = state.planned.trials.map(({ id }) => id) } = lease;
  // Most outcomes are not the last, and counts are compared faster than names.
  if (found.outcomes.size < trials.length) return false;
  return trials.every((trial) => hasOutcome(found, trial));
}

/**
 * Why a command has taken away what the lease is about; undefined when none has. A decided block
 * that its own host is about to end needs no word.
 */
export function reasonWithdrawn(state: SweepState, held: Held): string | undefined {
  if (state.cancelledAtMs !== undefined) return 'the sweep was cancelled';
  if (!state.blocks.has(held.block)) return 'the row is precise enough without the block';
  return isEarlierRound(state, held) ? RUN_ANEW : undefined;
}

/** A block that is run anew is begun anew. */
function isEarlierRound({ blocks }: SweepState, { block, attempt }: Held): boolean {
  return attempt < (blocks.get(block)?.firstAttempt ?? 0);
}
