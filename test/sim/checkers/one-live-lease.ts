// SPDX-License-Identifier: Apache-2.0
/**
 * No two live leases on a block and none on a decided one, as any one controller sees it; a lease
 * carries an epoch of its controller's term that no other lease of it has had.
 */
import type { ControllerMessage, HostId } from '@labsweep/proto';
import type { Lab } from '../lab/lab.js';
import type { SimController } from '../lab/sim-controller.js';
import { type Checker, ViolationError } from './checker.js';

const PROMISE = 'no two live leases on a block';

export class OneLiveLease implements Checker {
  private readonly epochs = new WeakMap<SimController, number>();

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

  afterStep(lab: Lab): void {
    for (const { controller, process } of lab.seats) {
      if (controller === undefined || process?.alive !== true) continue;
      if (controller.process !== lab.world.lastOwner) continue;
      this.check(controller);
    }
  }

  private check(controller: SimController): void {
    const owners = new Map<string, HostId>();
    const holders = new Set<HostId>();
    for (const { block, host, expiresAtMs } of controller.loop?.leases() ?? []) {
      const other = owners.get(block);
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
      owners.set(block, host);
      holders.add(host);
    }
  }
}
