// SPDX-License-Identifier: Apache-2.0
/** Says whether what a lease is about is still wanted. It ends no lease. */
import type { HeldLease, TrialEnded } from '@labsweep/proto';
import { isEnded, type LabState, type SweepState } from '../fold/lab-state.js';
import type { LiveLease } from './schedule-view.js';
import { hasOutcome, isDecided } from './sweep-facts.js';

type Held = Pick<HeldLease, 'sweep' | 'block' | 'attempt'>;

/** Undefined while the block waits for just this attempt. */
export function reasonNotWanted(lab: LabState, held: Held): string | undefined {
  const state = lab.sweeps.get(held.sweep);
  const block = state?.blocks.get(held.block);
  if (state === undefined || block === undefined || isEnded(state) || isDecided(block)) {
    return 'the block is no longer wanted';
  }
  return isEarlierRound(state, held) ? 'the block is run anew' : undefined;
}

/** True when the fold has all outcomes of the lease with this one: its agent waits for that. */
export function endsLease(
  lab: LabState,
  lease: LiveLease | undefined,
  { sweep, block, attempt, host }: TrialEnded,
): boolean {
  if (lease?.block !== block || lease.attempt !== attempt || lease.sweep !== sweep) return false;
  const state = lab.sweeps.get(sweep)?.blocks.get(block);
  const found = state?.attempts.find((each) => each.attempt === attempt && each.host === host);
  if (state === undefined || found === undefined) return false;
  const { trials = state.planned.trials.map(({ id }) => id) } = lease;
  // Most outcomes are not the last, and counts are compared faster than names.
  if (found.outcomes.size < trials.length) return false;
  return trials.every((trial) => hasOutcome(found, trial));
}

/** A block that is run anew is begun anew. */
export function isEarlierRound({ blocks }: SweepState, { block, attempt }: Held): boolean {
  return attempt < (blocks.get(block)?.firstAttempt ?? 0);
}
