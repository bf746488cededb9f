// SPDX-License-Identifier: Apache-2.0
/**
 * A controller of the simulation: the product's loop, fold, schedule and registry, fed from the
 * broker model and the virtual wire as `run-controller.ts` does it.
 */
import { type AgentConnection, SweepLoop } from '@labsweep/controller';
import type {
  AgentMessage,
  Broker,
  ControllerMessage,
  HostId,
  LeaseId,
  LogEntry,
} from '@labsweep/proto';
import { wallClockMs } from '../machine/virtual-system.js';
import type { StreamEnd, StreamEvents } from '../machine/wire.js';
import type { Process } from '../machine/world.js';
import type { Lab, SimSeat } from './lab.js';
import { SimBroker } from './sim-broker.js';

const TICK_INTERVAL_MS = 1_000;

export class SimController {
  readonly loop: SweepLoop;
  /** The newest entry that it has folded. */
  foldedTo = 0;
  /** How often the broker had lost entries when this fold began. */
  private lossesAtStart = 0;
  private readonly broker: Broker;
  private leases = 0;

  constructor(
    private readonly lab: Lab,
    private readonly seat: SimSeat,
    readonly process: Process,
  ) {
    const { world } = lab;
    this.broker = new SimBroker(lab.network, process).asBroker();
    this.loop = new SweepLoop({
      clock: { nowMs: () => wallClockMs(world, process.machine) },
      append: (entry) => this.append(entry),
      newLeaseId: () => {
        this.leases += 1;
        return `${process.name}-${seat.starts}-${this.leases}` as LeaseId;
      },
      isReigning: () => true,
      acknowledged: () => {},
      note: (text, fields) => {
        const where = Object.values(fields).join(' ');
        lab.trace.say(process.name, `${text} ${where}`);
      },
      natsUrl: 'nats://broker:4222',
    });
  }

  /** True while it goes on from entries that the broker has lost since. */
  get isStale(): boolean {
    return this.lossesAtStart !== this.lab.network.broker.losses;
  }

  async start(): Promise<void> {
    this.lossesAtStart = this.lab.network.broker.losses;
    const last = await this.broker.log.lastSequence();
    let replayed = false;
    const caughtUp = (sequence: number) => {
      if (replayed || sequence < last) return;
      replayed = true;
      this.loop.reign(this.seat.starts);
      this.listen();
    };
    caughtUp(0);
    const { broker } = this.lab.network;
    setInterval(() => {
      this.loop.synced(broker.durableSequence);
      this.loop.tick();
    }, TICK_INTERVAL_MS);
    for await (const message of this.broker.log.follow(new AbortController().signal)) {
      if (!('entry' in message)) continue;
      const { entry, sequence } = message;
      this.loop.entry(entry, sequence);
      this.foldedTo = Math.max(this.foldedTo, sequence);
      this.lab.watch.folded(this, sequence, entry);
      caughtUp(sequence);
    }
  }

  append(entry: LogEntry): void {
    this.broker.log
      .append(entry)
      .catch((error) => this.lab.trace.say(this.process.name, `cannot append: ${String(error)}`));
  }

  private listen(): void {
    this.lab.wire.listen(this.seat.address, this.process, (end) => this.accept(end));
  }

  private accept(end: StreamEnd): StreamEvents {
    let host: HostId | undefined;
    const connection: AgentConnection = {
      send: (message: ControllerMessage) => {
        this.lab.watch.controllerSaid(this, host, message);
        end.send(message);
      },
      close: () => end.close(),
    };
    return {
      message: (wire) => {
        const message = wire as AgentMessage;
        if (message.kind === 'hello' && host === undefined) {
          host = message.hello.host.id;
          this.loop.hello(message.hello, connection);
        } else if (host !== undefined) this.loop.message(host, connection, message);
      },
      ended: () => {
        if (host !== undefined) this.loop.detached(host, connection);
        host = undefined;
      },
    };
  }
}
