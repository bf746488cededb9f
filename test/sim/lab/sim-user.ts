// SPDX-License-Identifier: Apache-2.0
/**
 * The users: submit the sweeps, ask things of them and of hosts while they run, and look whether
 * that was heeded. They also release what the lab has put in quarantine, as people do who know that
 * nothing is wrong with it.
 */
import { formatLogEntry, type LogEntry, messageIdOf } from '@labsweep/proto';
import { wallClockMs } from '../machine/virtual-system.js';
import type { Ask, Chain } from './command-script.js';
import type { Lab } from './lab.js';
import { type SampleSweep, submittedEntry } from './sample-sweep.js';
import { type Answer, callController } from './user-call.js';

const RETRY_MS = 3_000;
const LOOK_MS = 20_000;
const SUBMITTED_MS_MAX = 3_000;

/** What nobody asks for again once it was refused: there is nothing to do. */
const REFUSABLE: readonly string[] = ['pause', 'drain', 'cancel', 'rerun-failed', 'release'];
/** What is no longer wanted once the next thing was asked. */
const PASSING: readonly string[] = ['pause', 'drain'];

export class SimUser {
  private open = 0;
  private asked = 0;
  private readonly releasing = new Set<string>();

  constructor(
    private readonly lab: Lab,
    sweeps: readonly SampleSweep[],
    chains: readonly Chain[],
  ) {
    for (const sweep of sweeps) this.submit(sweep);
    for (const chain of chains) this.begin(chain);
    this.look();
  }

  /** Everything that was to be asked is on the broker's disk, or was refused. */
  get isDone(): boolean {
    return this.open === 0;
  }

  /** Repeated until it is durable: the user looks whether it was heeded. */
  private submit(sweep: SampleSweep): void {
    const { world, network, trace } = this.lab;
    const { broker } = network;
    const entry: LogEntry = submittedEntry(sweep, wallClockMs(world, broker.machine));
    const id = messageIdOf(entry);
    this.open += 1;
    const attempt = () => {
      if (broker.isDurable(id)) {
        this.open -= 1;
        return;
      }
      if (broker.process.alive && broker.exists && !broker.full) {
        if (!broker.holds(id)) trace.say('user', `submits ${sweep.id}`);
        broker.store(id, formatLogEntry(entry));
      }
      world.outsideAfter(RETRY_MS, attempt);
    };
    world.outsideAfter(world.between('user', 1, SUBMITTED_MS_MAX), attempt);
  }

  private begin([next, ...rest]: Chain): void {
    if (next === undefined) return;
    this.open += 1;
    this.lab.world.outsideAfter(next.delayMs + SUBMITTED_MS_MAX, () => {
      this.ask(next.ask, () => {
        this.open -= 1;
        this.begin(rest);
      });
    });
  }

  /** Asks one controller after the other, with one id, until it is heeded. */
  private ask(ask: Ask, onHeeded: () => void): void {
    const { world, network, seats, trace } = this.lab;
    this.asked += 1;
    const id = `asked-by-user-${this.asked}`;
    const messageId = messageIdOf(entryOf(ask, id));
    let seat = world.between('user', 0, seats.length - 1);
    trace.say('user', `asks for ${ask.kind} ${ask.host ?? ''}`);
    this.lab.world.count(`command ${ask.kind}`);
    const attempt = () => {
      if (network.broker.isDurable(messageId)) return onHeeded();
      // It is on its way to the disk.
      if (network.broker.holds(messageId) && !PASSING.includes(ask.kind)) return later();
      const next = seats[seat % seats.length];
      seat += 1;
      if (next !== undefined) callController(this.lab, next, { id, ask }, take);
    };
    const take = (answer: Answer) => {
      if (answer === 'done') this.checkKept(messageId);
      if (answer === 'refused') this.lab.world.count('command refused');
      if (answer === 'refused' && isGivenUp(ask.kind)) return onHeeded();
      if (answer === 'done' && PASSING.includes(ask.kind)) return onHeeded();
      later();
    };
    const later = () => void world.outsideAfter(RETRY_MS, attempt);
    attempt();
  }

  /** Who is answered by a controller that syncs the store may believe it. */
  private checkKept(messageId: string): void {
    const { storeIsNear, network } = this.lab;
    // One that changes nothing any more, such as a second cancel, is in no log.
    if (!storeIsNear || !network.broker.holds(messageId)) return;
    if (network.broker.isDurable(messageId)) this.lab.world.count('command answered, and kept');
    else this.lab.defect(new Error(`${messageId} was answered, and is not on the disk`));
  }

  private look(): void {
    for (const { controller } of this.lab.seats) {
      if (controller?.reigns() !== true) continue;
      for (const { host, kernel, reason } of controller.loop?.commands.quarantines() ?? []) {
        const key = `${host} ${kernel}`;
        if (this.releasing.has(key)) continue;
        if (reason.includes(' died ')) this.lab.world.count('host quarantined for its deaths');
        this.releasing.add(key);
        this.open += 1;
        const ask = {
          kind: 'release',
          ...(host === undefined ? {} : { host }),
          ...(kernel === undefined ? {} : { kernel }),
        };
        this.ask(ask, () => {
          this.open -= 1;
          this.releasing.delete(key);
        });
      }
    }
    this.lab.world.outsideAfter(LOOK_MS, () => this.look());
  }
}

/** A sweep that has finished is resumed by nobody, and what is added to it is measured. */
function isGivenUp(kind: string): boolean {
  return REFUSABLE.includes(kind) || kind === 'resume';
}

/** Its message id does not depend on what is asked. */
function entryOf({ sweep }: Ask, id: string): LogEntry {
  const header = { id, atMs: 0, by: 'tester' };
  if (sweep === undefined) {
    return {
      type: 'host-commanded',
      ...header,
      command: { kind: 'quarantine', kernel: 'any' as never, reason: '' },
    };
  }
  return { type: 'commanded', sweep, ...header, command: { kind: 'pause' } };
}
