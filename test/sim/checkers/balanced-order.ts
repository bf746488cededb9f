// SPDX-License-Identifier: Apache-2.0
/**
 * Early repetitions of all rows come before late ones of any: when a block is leased for the first
 * time, no block of an earlier repetition is left that nobody has been given. Inside a block the
 * trials run in the order of the plan.
 */
import type { ControllerMessage, HostId, Lease, PlannedBlock } from '@labsweep/proto';
import { plannedBlocks } from '../lab/loop-view.js';
import type { SimController } from '../lab/sim-controller.js';
import { type Checker, ViolationError } from './checker.js';

export class BalancedOrder implements Checker {
  /** Blocks that some controller has leased to somebody, by sweep and block. */
  private readonly begun = new Set<string>();

  controllerSaid(
    controller: SimController,
    host: HostId | undefined,
    message: ControllerMessage,
  ): void {
    if (message.kind !== 'lease' || controller.loop === undefined) return;
    const { lease } = message;
    const blocks = plannedBlocks(controller.loop, lease.sweep);
    const planned = blocks.find(({ id }) => id === lease.block);
    if (planned === undefined) {
      throw new ViolationError('only what is planned is leased', `${lease.block} to ${host}`);
    }
    assertTrialOrder(planned, lease, `${controller.process.name}, to ${host}`);
    const key = (block: string) => `${lease.sweep}/${block}`;
    const isFirst = !this.begun.has(key(lease.block));
    this.begun.add(key(lease.block));
    // What is in quarantine on one host may be left for another.
    if (!isFirst || controller.loop.commands.quarantines().length > 0) return;
    const passed = blocks.find(({ id, repetition }) => {
      return repetition < planned.repetition && !this.begun.has(key(id));
    });
    if (passed === undefined) return;
    const detail = `${controller.process.name} leased ${lease.block} to ${host} before ${passed.id}`;
    throw new ViolationError('early repetitions come first', detail);
  }
}

function assertTrialOrder({ id, trials }: PlannedBlock, lease: Lease, who: string): void {
  const order = trials.map((trial) => trial.id);
  const places = lease.trials.map(({ trial }) => order.indexOf(trial));
  if (places.every((place, index) => place > (places[index - 1] ?? -1))) return;
  const detail = `${who}: ${id} was leased as ${places.join(', ')}`;
  throw new ViolationError('trials run in the order of the plan', detail);
}
