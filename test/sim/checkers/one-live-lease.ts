// SPDX-License-Identifier: Apache-2.0
/**
 * No two live leases on a block, none on a decided one and none of a cancelled sweep, as any one
 * controller sees it. Epochs only rise: those that a controller gives, and those that an agent is
 * given. And one controller reigns at a time.
 */
import type { ControllerMessage, HostId } from '@labsweep/proto';
import type { Lab, SimHost } from '../lab/lab.js';
import { isCancelled } from '../lab/loop-view.js';
import type { SimController } from '../lab/sim-controller.js';
import type { Process } from '../machine/world.js';
import { type Checker, ViolationError } from './checker.js';

const PROMISE = 'no two live leases on a block';
/** A broker that lost the newest value of the lock gives it away while another one trusts it. */
const TRUST_MS = 6_000;

interface Given {
  readonly lease: string;
  readonly epoch: number;
}

export class OneLiveLease implements Checker {
  private readonly epochs = new WeakMap<SimController, number>();
  private readonly given = new WeakMap<Process, Given>();
  private lockLostAtMs = Number.NEGATIVE_INFINITY;

  controllerSaid(
    controller: SimController,
    host: HostId | undefined,
    message: ControllerMessage,
  ): void {
    if (message.kind !== 'lease') return;
    const { epoch, block } = message.lease;
    const before = this.epochs.get(controller) ?? 0;
    if (epoch <= before) {
      const detail = `${controller.process.name} leased ${block} to ${host} with epoch ${epoch}`;
      throw new ViolationError(PROMISE, `${detail} after one with ${before}`);
    }
    this.epochs.set(controller, epoch);
  }

  agentHeard({ process }: SimHost, message: ControllerMessage): void {
    if (message.kind !== 'lease' || process === undefined) return;
    const { lease, epoch, block } = message.lease;
    const before = this.given.get(process);
    if (before !== undefined && before.lease !== lease && epoch <= before.epoch) {
      const detail = `${process.name} was given ${block} with epoch ${epoch}`;
      throw new ViolationError(PROMISE, `${detail} after one with ${before.epoch}`);
    }
    this.given.set(process, { lease, epoch });
  }

  logShrank({ world }: Lab): void {
    this.lockLostAtMs = world.nowMs;
  }

  afterStep(lab: Lab): void {
    for (const { controller, process } of lab.seats) {
      if (controller === undefined || process?.alive !== true) continue;
      if (controller.process !== lab.world.lastOwner) continue;
      this.check(controller);
      this.assertOneReigns(lab);
    }
  }

  private check(controller: SimController): void {
    const { loop } = controller;
    if (loop === undefined) return;
    const owners = new Map<string, HostId>();
    const holders = new Set<HostId>();
    for (const { sweep, block, host, expiresAtMs } of loop.leases()) {
      const key = `${sweep}/${block}`;
      const other = owners.get(key);
      if (other !== undefined) {
        const detail = `${controller.process.name} has leased ${block} to ${other} and ${host}`;
        throw new ViolationError(PROMISE, `${detail}, until ${expiresAtMs}`);
      }
      if (holders.has(host)) {
        throw new ViolationError(
          'one block at a time per host',
          `${host} has another beside ${block}`,
        );
      }
      if (controller.reigns() && isCancelled(loop, sweep)) {
        throw new ViolationError('what is cancelled is not leased', `${host} has ${block}`);
      }
      owners.set(key, host);
      holders.add(host);
    }
  }

  private assertOneReigns({ seats, world }: Lab): void {
    if (world.nowMs - this.lockLostAtMs < TRUST_MS) return;
    const reigning = seats.filter(({ controller }) => controller?.reigns());
    if (reigning.length < 2) return;
    const names = reigning.map(({ machine }) => machine.name).join(' and ');
    throw new ViolationError('one controller reigns', `${names} do`);
  }
}
