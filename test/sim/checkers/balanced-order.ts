// SPDX-License-Identifier: Apache-2.0
/**
 * Early repetitions of all rows come before late ones of any: when a block is leased for the first
 * time, no block of an earlier repetition is left that nobody has been given. Inside a block the
 * trials run in the order of the plan.
 */
import type { ControllerMessage, HostId, Lease, LogEntry, PlannedBlock } from '@labsweep/proto';
import { pinnedRowOf, plannedBlocks } from '../lab/loop-view.js';
import type { SimController } from '../lab/sim-controller.js';
import { type Checker, ViolationError } from './checker.js';

type Loop = NonNullable<SimController['loop']>;

export class BalancedOrder implements Checker {
  /** Blocks that some controller has leased to somebody, by sweep and block. */
  private readonly begun = new Set<string>();
  /** By controller and sweep, rows of which nothing is handed out: they are about to stop. */
  private readonly stopping = new WeakMap<Loop, Set<string>>();

  controllerAppends({ loop }: SimController, entry: LogEntry): void {
    if (loop === undefined || entry.type !== 'commanded') return;
    if (entry.command.kind !== 'stop-row') return;
    const rows = this.stopping.get(loop) ?? new Set<string>();
    this.stopping.set(loop, rows.add(`${entry.sweep}/${entry.command.row}`));
  }

  folded({ loop }: SimController, _sequence: number, entry: LogEntry): void {
    if (loop === undefined || entry.type !== 'commanded') return;
    if (entry.command.kind !== 'stop-row') return;
    this.stopping.get(loop)?.delete(`${entry.sweep}/${entry.command.row}`);
  }

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
    const stopping = this.stopping.get(controller.loop);
    const isPinned = pinnedRowOf(controller.loop, lease) !== undefined;
    const passed = blocks.find(({ id, row, repetition }) => {
      const isEarlier = repetition < planned.repetition && !this.begun.has(key(id));
      // Another row may wait for the host that has it.
      const isForAll = !isPinned || row === planned.row;
      return isEarlier && isForAll && stopping?.has(key(row)) !== true;
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
