// SPDX-License-Identifier: Apache-2.0
/** The queues of the sweeps that have anything left to do. It decides nothing. */
import type { BlockId, HostId, SweepId } from '@labsweep/proto';
import { isEnded, type SweepState } from '../fold/lab-state.js';
import { placeOf } from './sweep-facts.js';
import { type QueuedBlock, SweepQueue } from './sweep-queue.js';

export interface FoundBlock extends QueuedBlock {
  readonly sweep: SweepQueue;
}

export interface LeasedBlock {
  readonly block: BlockId;
  readonly host: HostId;
}

export class OpenSweeps extends Map<SweepId, SweepQueue> {
  /** `leased` are the blocks of the sweep that someone has. False when there is nothing to open. */
  open(state: SweepState, leased: readonly LeasedBlock[], nowMs: number): boolean {
    const id = state.submitted.sweep;
    if (isEnded(state) || this.has(id)) return false;
    const queue = new SweepQueue(state, nowMs);
    this.set(id, queue);
    for (const { block, host } of leased) {
      const at = this.find(id, block);
      if (at !== undefined) queue.resume(at, host);
    }
    return true;
  }

  find(id: SweepId, block: BlockId): FoundBlock | undefined {
    const sweep = this.get(id);
    const { row, index } = placeOf(block);
    const queue = sweep?.row(row);
    return sweep === undefined || queue === undefined ? undefined : { sweep, queue, index };
  }
}
