// SPDX-License-Identifier: Apache-2.0
/** The user: submits the sweep, and asks again until the log has what was asked. */
import { formatLogEntry, type LogEntry, messageIdOf } from '@labsweep/proto';
import { wallClockMs } from '../machine/virtual-system.js';
import type { Lab } from './lab.js';
import { type SampleSweep, submittedEntry } from './sample-sweep.js';

const RETRY_MS = 3_000;

export class SimUser {
  private open = 0;

  constructor(
    private readonly lab: Lab,
    sweep: SampleSweep,
  ) {
    const { world } = lab;
    const atMs = wallClockMs(world, lab.network.broker.machine);
    const submitted = submittedEntry(sweep, atMs);
    this.ask(world.between('user', 1, 3_000), submitted);
  }

  /** Everything that was to be asked is on the broker's disk. */
  get isDone(): boolean {
    return this.open === 0;
  }

  /** Repeated until it is durable: the user looks whether it was heeded. */
  ask(delayMs: number, entry: LogEntry): void {
    this.open += 1;
    const { world, network, trace } = this.lab;
    const attempt = () => {
      const { broker } = network;
      const id = messageIdOf(entry);
      const isThere = broker.messages.some(
        (message) => message.id === id && message.sequence <= broker.durableSequence,
      );
      if (isThere) {
        this.open -= 1;
        return;
      }
      if (broker.process.alive && broker.exists && !broker.full) {
        if (!broker.messages.some((message) => message.id === id)) {
          trace.say('user', `asks: ${'command' in entry ? entry.command.kind : entry.type}`);
        }
        broker.store(id, formatLogEntry(entry));
      }
      world.outsideAfter(RETRY_MS, attempt);
    };
    world.outsideAfter(delayMs, attempt);
  }
}
