// SPDX-License-Identifier: Apache-2.0
/**
 * A controller of the simulation: the product's sittings with all that is in them (reign, follower,
 * horizon, loop, fold, schedule, gate), on the broker model and the virtual wire, one after the
 * other as `run-controller.ts` holds them.
 */
import {
  DEFECT,
  Gate,
  LockMemory,
  LogWriter,
  type LoopPorts,
  monotonicMs,
  Sitting,
  type StoreSync,
  SweepLoop,
  sleep,
} from '@labsweep/controller';
import type { Broker, ControllerMessage, HostId, LogEntry, Note } from '@labsweep/proto';
import type { StreamEnd } from '../machine/wire.js';
import type { Process } from '../machine/world.js';
import type { Lab, SimSeat } from './lab.js';
import { SimBroker } from './sim-broker.js';
import { SimCall } from './sim-call.js';
import type { WireMessage } from './watch.js';
import { WatchedGate } from './watched-gate.js';

const RETRY_DELAY_MS = 500;
/** As much longer than the broker takes as in the product, where both are five times as long. */
const SYNC_DELAY_MS = 26_000;
const STORE_SYNC_MS_MAX = 80;

/** Several entries are folded at one sequence: of one message, or held behind their cause. */
export interface FoldedTo {
  readonly sequence: number;
  /** Of them, the newest one counted. */
  readonly count: number;
}

const NOTHING_FOLDED: FoldedTo = { sequence: 0, count: 0 };

export class SimController {
  /** Of the sitting under way. */
  loop: SweepLoop | undefined;
  /** Where the loop is in the log: the newest entry that it has folded, or folds right now. */
  foldedTo: FoldedTo = NOTHING_FOLDED;
  /** How often the broker had lost entries when the loop began to fold. */
  private lossesAtStart = 0;
  private readonly broker: Broker;
  readonly gate = new Gate();
  private readonly lockMemory = new LockMemory();
  private ports: LoopPorts | undefined;
  private sittings = 0;
  private readonly stop = new AbortController();

  constructor(
    private readonly lab: Lab,
    private readonly seat: SimSeat,
    readonly process: Process,
  ) {
    this.broker = new SimBroker(lab.network, process).asBroker();
  }

  /** True while it may decide things, as it sees it itself. */
  reigns(): boolean {
    const isReigning = () => this.ports?.isReigning() === true;
    return this.process.alive && this.lab.world.as(this.process, isReigning);
  }

  /** True while it goes on from entries that the broker has lost since. */
  get isStale(): boolean {
    return this.lossesAtStart !== this.lab.network.broker.losses;
  }

  /** Lets it end in order, as SIGTERM does. */
  end(): void {
    this.lab.world.after(0, () => this.stop.abort(new Error('SIGTERM')), this.process);
  }

  /** Holds sittings until it is told to end. */
  async run(): Promise<void> {
    const { broker, gate, note } = this;
    const { signal } = this.stop;
    this.lab.wire.listen(this.seat.address, this.process, (end) => this.accept(end));
    let sitting: Sitting | undefined;
    const onTrouble = (text: string) => sitting?.writerTrouble(text);
    const writer = new LogWriter({ log: broker.log, monotonicMs, sleep, onTrouble, note, signal });
    while (!signal.aborted) {
      await this.waitForLog(signal);
      const watched = new WatchedGate(gate, (error) => this.lab.defect(error));
      sitting = new Sitting({
        broker,
        natsUrl: 'nats://broker:4222',
        gate: watched,
        writer,
        store: this.openStore(),
        syncDelayMs: SYNC_DELAY_MS,
        contender: this.contender(),
        lockMemory: this.lockMemory,
        cacheDirectory: '/var/cache/labsweep',
        newLoop: (ports) => this.newLoop(ports),
        note,
        onReady: () => {},
        signal,
      });
      const end = await sitting.run();
      watched.sittingEnded();
      if (end === undefined) return;
      note(`steps down: ${end.reason}`);
      if (/has obeyed another/.test(end.reason)) this.lab.world.count('controller outranked');
      await sleep(RETRY_DELAY_MS, signal);
    }
  }

  private note: Note = (text, { host } = {}) => {
    this.lab.trace.say(this.process.name, host === undefined ? text : `${text} (${host})`);
    if (text.startsWith(DEFECT)) this.lab.defect(text);
  };

  private async waitForLog(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.broker.log.head();
        return;
      } catch {
        this.gate.shut('standby; the log cannot be read');
        await sleep(RETRY_DELAY_MS, signal);
      }
    }
  }

  /** One that stands beside the broker syncs its store itself. */
  private openStore(): StoreSync | undefined {
    const { world, network, storeIsNear } = this.lab;
    if (!storeIsNear) return undefined;
    const sync = async () => {
      const { broker } = network;
      const { lastSequence, losses } = broker;
      await world.sleep(world.between('store', 1, STORE_SYNC_MS_MAX));
      broker.syncTo(lastSequence, losses);
    };
    return { sync, check: async () => {} } as unknown as StoreSync;
  }

  private contender() {
    this.sittings += 1;
    const { address, starts, machine } = this.seat;
    const session = `${machine.name}-${starts}-${this.sittings}`;
    const process = { bootId: machine.name, pidNamespace: '-', pid: 1, startedAtTicks: '1' };
    return { session, address, hostName: machine.name, process };
  }

  private newLoop(ports: LoopPorts): SweepLoop {
    const { watch } = this.lab;
    const controller = this;
    class WatchedLoop extends SweepLoop {
      override entry(entry: LogEntry, sequence: number): void {
        // What comes of it is decided before this returns.
        const { foldedTo } = controller;
        const count = sequence === foldedTo.sequence ? foldedTo.count + 1 : 1;
        controller.foldedTo = { sequence, count };
        super.entry(entry, sequence);
        watch.folded(controller, sequence, entry);
      }
    }
    this.foldedTo = NOTHING_FOLDED;
    this.lossesAtStart = this.lab.network.broker.losses;
    this.ports = ports;
    const append = (entry: LogEntry) => {
      watch.controllerAppends(controller, entry);
      ports.append(entry);
    };
    this.loop = new WatchedLoop({ ...ports, append });
    return this.loop;
  }

  private accept(end: StreamEnd) {
    let host: HostId | undefined;
    let isWelcome = false;
    const said = (message: ControllerMessage) => {
      isWelcome ||= message.kind === 'welcome';
      this.lab.watch.controllerSaid(this, host, message);
    };
    const call = new SimCall(end, said);
    call.on('data', (wire: WireMessage) => {
      host ??= wire.hello?.hostId as HostId | undefined;
      if (host !== undefined && isWelcome) this.lab.watch.controllerHeard(this, host, wire);
    });
    this.gate.handlers.agent.Attach(call as never);
    return call.events();
  }
}
