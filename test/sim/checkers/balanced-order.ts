// SPDX-License-Identifier: Apache-2.0
/**
 * Early repetitions of all rows come before late ones of any: when a block is leased for the first
 * time, no block of an earlier repetition is left that nobody has been given. Inside a block the
 * trials run in the order of the plan.
 */
import type { BlockId, ControllerMessage, HostId, PlannedBlock } from '@labsweep/proto';
import type { SimController } from '../lab/sim-controller.js';
import { type Checker, ViolationError } from './checker.js';

export class BalancedOrder implements Checker {
  /** Blocks that some controller has leased to somebody. */
  private readonly begun = new Set<BlockId>();
  private readonly planned: ReadonlyMap<BlockId, PlannedBlock>;

  constructor(blocks: readonly PlannedBlock[]) {
    this.planned = new Map(blocks.map((block) => [block.id, block]));
  }

  controllerSaid(
    controller: SimController,
    host: HostId | undefined,
    message: ControllerMessage,
  ): void {
    if (message.kind !== 'lease') return;
    const { block, trials } = message.lease;
    const planned = this.planned.get(block);
    if (planned === undefined) return;
    const order = planned.trials.map(({ id }) => id);
    const places = trials.map(({ trial }) => order.indexOf(trial));
    if (places.some((place, index) => place < 0 || place <= (places[index - 1] ?? -1))) {
      const detail = `${controller.process.name} leased ${block} as ${places.join(', ')} to ${host}`;
      throw new ViolationError('trials run in the order of the plan', detail);
    }
    if (this.begun.has(block)) return;
    for (const other of this.planned.values()) {
      if (other.repetition >= planned.repetition || this.begun.has(other.id)) continue;
      const detail = `${controller.process.name} leased ${block} to ${host} before ${other.id}`;
      throw new ViolationError('early repetitions come first', detail);
    }
    this.begun.add(block);
  }
}
