// SPDX-License-Identifier: Apache-2.0
/** Says whether what a lease is about is still wanted. It ends no lease. */
import type { HeldLease } from '@labsweep/proto';
import { isEnded, type LabState, type SweepState } from '../fold/lab-state.js';
import { isDecided } from './sweep-facts.js';

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

/** A block that is run anew is begun anew. */
export function isEarlierRound({ blocks }: SweepState, { block, attempt }: Held): boolean {
  return attempt < (blocks.get(block)?.firstAttempt ?? 0);
}
