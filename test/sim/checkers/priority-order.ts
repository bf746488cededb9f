// SPDX-License-Identifier: Apache-2.0
/**
 * Blocks of a sweep with a higher priority go first: when a block is leased, no sweep of a higher
 * one has a block that nobody has ever been given and that any host could have.
 */
import type { ControllerMessage, HostId, SweepId } from '@labsweep/proto';
import { isCancelled, plannedBlocks } from '../lab/loop-view.js';
import { OTHER_SWEEP, SWEEP, THIRD_SWEEP } from '../lab/sample-sweep.js';
import type { SimController } from '../lab/sim-controller.js';
import { type Checker, ViolationError } from './checker.js';

const ALL: readonly SweepId[] = [SWEEP, OTHER_SWEEP, THIRD_SWEEP];

type Loop = NonNullable<SimController['loop']>;

export class PriorityOrder implements Checker {
  /** Blocks that some controller has leased to somebody, by sweep and block. */
  private readonly begun = new Set<string>();

  controllerSaid(
    { loop, process }: SimController,
    host: HostId | undefined,
    message: ControllerMessage,
  ): void {
    if (message.kind !== 'lease' || loop === undefined) return;
    const { sweep, block } = message.lease;
    this.begun.add(`${sweep}/${block}`);
    // What is in quarantine on one host may be left for another.
    if (loop.commands.quarantines().length > 0) return;
    for (const other of ALL) {
      if (priorityOf(loop, other) <= priorityOf(loop, sweep)) continue;
      const passed = this.freeBlock(loop, other);
      if (passed === undefined) continue;
      const detail = `${process.name} leased ${block} of ${sweep} to ${host}`;
      throw new ViolationError('a higher priority goes first', `${detail} before ${passed}`);
    }
  }

  /** Which hosts may have those of pinned rows, and of rows that stop, is another matter. */
  private freeBlock(loop: Loop, sweep: SweepId): string | undefined {
    const state = loop.sweep(sweep);
    if (state === undefined || state.isPaused || isCancelled(loop, sweep)) return undefined;
    const { precision, scheduling } = state.spec;
    if (precision !== undefined || scheduling.placement === 'pin-row') return undefined;
    const free = plannedBlocks(loop, sweep).find(({ id }) => {
      const attempts = state.blocks.get(id)?.attempts.length ?? 0;
      return attempts === 0 && !this.begun.has(`${sweep}/${id}`);
    });
    return free && `${free.id} of ${sweep}`;
  }
}

function priorityOf(loop: Loop, sweep: SweepId): number {
  return loop.sweep(sweep)?.spec.scheduling.priority ?? Number.NEGATIVE_INFINITY;
}
