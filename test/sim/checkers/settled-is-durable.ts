// SPDX-License-Identifier: Apache-2.0
/**
 * What an agent is told is settled lies on the broker's disk, and is in the log at the end. An
 * outcome that was in the log once is there at the end too, although the broker may have lost it.
 */
import type { ControllerMessage, HostId } from '@labsweep/proto';
import type { Lab, SimHost } from '../lab/lab.js';
import type { SimController } from '../lab/sim-controller.js';
import { type Checker, ViolationError } from './checker.js';

/**
 * Which session of an agent took part is told for the record, and nobody keeps it to tell again; a
 * user who has gone on does not ask again for a pause. What changes the table is in the report.
 */
const GIVEN_UP = /\/(host|command)\//;

export class SettledIsDurable implements Checker {
  private readonly settled = new Set<string>();
  private readonly everStored = new Set<string>();
  private seenTo = 0;
  private losses = 0;

  constructor(private readonly lab: () => Lab) {}

  controllerSaid(
    controller: SimController,
    host: HostId | undefined,
    message: ControllerMessage,
  ): void {
    for (const id of settledIn(message)) {
      if (this.lab().network.broker.isDurable(id)) continue;
      const detail = `${controller.process.name} settled ${id} with ${host}, which no disk has`;
      throw new ViolationError('settled implies durable', detail);
    }
  }

  agentHeard(_host: SimHost, message: ControllerMessage): void {
    for (const id of settledIn(message)) this.settled.add(id);
  }

  afterStep(lab: Lab): void {
    const { broker } = lab.network;
    if (broker.losses !== this.losses) {
      this.losses = broker.losses;
      this.seenTo = Math.min(this.seenTo, broker.lastSequence);
    }
    if (broker.lastSequence === this.seenTo) return;
    for (const id of broker.from(this.seenTo + 1).flatMap(({ entryIds }) => entryIds)) {
      if (!GIVEN_UP.test(id)) this.everStored.add(id);
    }
    this.seenTo = broker.lastSequence;
  }

  atEnd(lab: Lab): void {
    const stored = new Set(lab.network.broker.messages.flatMap(({ entryIds }) => entryIds));
    for (const id of this.settled) {
      if (stored.has(id)) continue;
      throw new ViolationError('no trial is lost', `${id} was settled and is not in the log`);
    }
    for (const id of this.everStored) {
      if (stored.has(id)) continue;
      throw new ViolationError('no trial is lost', `${id} was in the log and never came back`);
    }
  }
}

function settledIn(message: ControllerMessage): readonly string[] {
  if (message.kind === 'folded') return message.settledIds;
  return message.kind === 'settled' ? message.messageIds : [];
}
