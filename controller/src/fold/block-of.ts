// SPDX-License-Identifier: Apache-2.0
/** Finds what the fold knows of a block. */
import type { BlockId } from '@labsweep/proto';
import type { BlockState, SweepState } from './lab-state.js';

/** Also one that is no longer planned, of which a late host may still tell. */
export function blockOf(sweep: SweepState | undefined, id: BlockId): BlockState | undefined {
  return sweep?.blocks.get(id) ?? sweep?.dropped.get(id);
}
