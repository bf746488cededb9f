// SPDX-License-Identifier: Apache-2.0
/**
 * An agent of the simulation: the product's worker, publisher, spool, record and scripted runner,
 * put together as `attach-and-work.ts` does, on a virtual machine and a virtual wire.
 */
import { Publisher, Spool, StoredRecord, Worker } from '@labsweep/agent';
import {
  type AgentMessage,
  type ControllerMessage,
  type HostDescription,
  type HostId,
  isOutranked,
  PROTOCOL,
} from '@labsweep/proto';
import { wallClockMs } from '../machine/virtual-system.js';
import type { StreamEnd } from '../machine/wire.js';
import type { Process } from '../machine/world.js';
import type { Lab, SimHost } from './lab.js';
import { SimBroker } from './sim-broker.js';
import { decodeControllerMessages, encodeAgentMessage } from './sim-call.js';
import { troubledRunner } from './troubled-runner.js';

const REDIAL_MS_MIN = 200;
const REDIAL_MS_MAX = 5_000;
const FLUSH_LIMIT_MS = 3_000;
/** What a worker says of an error that it does not know. */
const BLOCK_DEFECT = /^block \S+ failed: /;
const STATE_FOLDER = '/var/lib/labsweep';
export const SPOOL_FOLDER = `${STATE_FOLDER}/spool`;

/** What it works with once its state folder is read. */
interface Parts {
  readonly spool: Spool;
  readonly record: StoredRecord;
  readonly publisher: Publisher;
  readonly worker: Worker;
}

export class SimAgent {
  readonly session: string;
  private readonly process: Process;
  private readonly startedAtMs: number;
  private readonly stop = new AbortController();
  private stream: StreamEnd | undefined;
  private parts: Parts | undefined;
  private aliveTimer: NodeJS.Timeout | undefined;
  private dialled = 0;
  private brokerStarts: number;

  constructor(
    private readonly lab: Lab,
    private readonly host: SimHost,
  ) {
    const name = `agent ${host.machine.name}`;
    this.process = { name, machine: host.machine, alive: true, stoppedUntilMs: 0 };
    host.starts += 1;
    this.session = `${host.machine.name}-${host.starts}`;
    this.startedAtMs = wallClockMs(lab.world, host.machine);
    host.process = this.process;
    this.brokerStarts = lab.network.broker.starts;
    lab.world.after(0, () => this.start().catch((error) => lab.defect(error)), this.process);
  }

  /** Ends in order, as by SIGTERM: gives its block back, and publishes what it can. */
  end(): void {
    const leave = async () => {
      this.stop.abort(new Error('SIGTERM'));
      await this.parts?.worker.idle();
      this.stream?.close();
      await this.parts?.publisher.flush(FLUSH_LIMIT_MS);
      await this.parts?.record.close();
      this.lab.kill(this.process);
    };
    this.lab.world.after(0, () => leave().catch((error) => this.lab.defect(error)), this.process);
  }

  private note = (text: string) => {
    this.lab.trace.say(this.process.name, text);
    // Work goes on after a defect of ours, so that it would be found in nobody's table.
    if (BLOCK_DEFECT.test(text)) this.lab.defect(`${this.process.name}: ${text}`);
  };

  private async start(): Promise<void> {
    const record = await StoredRecord.open(STATE_FOLDER, this.note);
    const spool = await Spool.open(SPOOL_FOLDER);
    if (this.stop.signal.aborted) return;
    const publisher = new Publisher(spool, this.note, this.stop.signal, {
      onAcknowledged: (sequence) => record.acknowledged(sequence),
    });
    const worker = this.newWorker({ record, spool, publisher });
    this.parts = { spool, record, publisher, worker };
    this.takeUpLease(record, worker);
    publisher.connect(new SimBroker(this.lab.network, this.process).asBroker());
    this.dial(this.parts);
  }

  private newWorker({ record, spool, publisher }: Omit<Parts, 'worker'>): Worker {
    const { world } = this.lab;
    const runner = troubledRunner(this.lab, this.host);
    return new Worker({
      host: this.description(),
      session: () => this.session,
      clock: { nowMs: () => wallClockMs(world, this.host.machine) },
      spool,
      publisher,
      note: this.note,
      signal: this.stop.signal,
      runnerFor: () => runner,
      fetch: async (sha256) => {
        await world.sleep(world.between('fetch', 1, 50));
        return `/cache/${sha256}`;
      },
      send: (message) => this.send(message),
      keep: (lease) => record.holds(lease, this.bootId),
      supportsChanged: async () => false,
      reattach: () => this.stream?.close(),
    });
  }

  /** A block does not end with its agent's process, but a trial does not outlive its boot. */
  private takeUpLease(record: StoredRecord, worker: Worker): void {
    const { left } = record;
    if (left === undefined) return;
    const isOfThisBoot = left.bootId === this.bootId;
    this.lab.world.count(isOfThisBoot ? 'lease taken up again' : 'lease of an earlier boot');
    if (isOfThisBoot) worker.restore(left.lease);
    else record.holds(undefined, '');
  }

  private get bootId(): string {
    return `boot-${this.host.boots}`;
  }

  private description(): HostDescription {
    const { name } = this.host.machine;
    return {
      id: name as HostId,
      name,
      capacity: { cpus: 4, memoryMib: 8_192 },
      supports: [{ environment: 'scripted', available: true, reason: '' }],
      permissions: [],
      labels: [],
      facts: { boot_id: this.bootId },
    };
  }

  private send(message: AgentMessage): void {
    this.stream?.send(encodeAgentMessage(message));
  }

  private dial(parts: Parts): void {
    if (this.stop.signal.aborted) return;
    const { world, addresses, wire } = this.lab;
    const address = addresses[this.dialled % addresses.length] ?? '';
    this.dialled += 1;
    const stream = wire.dial(address, this.process, {
      message: (bytes) => {
        for (const message of decodeControllerMessages(bytes)) {
          if (this.stream === stream) this.take(message, parts);
        }
      },
      ended: () => {
        if (this.stream !== stream) return;
        this.stream = undefined;
        clearInterval(this.aliveTimer);
        const restMs = world.between('redial', REDIAL_MS_MIN, REDIAL_MS_MAX);
        world.after(restMs, () => this.dial(parts), this.process);
      },
    });
    this.stream = stream;
    this.send({
      kind: 'hello',
      hello: {
        protocol: PROTOCOL,
        session: this.session,
        instance: parts.record.instance,
        bootId: this.bootId,
        startedAtMs: this.startedAtMs,
        acknowledgedSequence: parts.record.acknowledgedSequence,
        seen: parts.record.seen,
        trouble: '',
        host: this.description(),
        holding: parts.worker.held(),
        unsettled: parts.spool.unsettled().map(({ id }) => id),
      },
    });
  }

  private take(message: ControllerMessage, { record, publisher, worker }: Parts): void {
    if (message.kind === 'welcome' && isOutranked(message, record.seen)) {
      this.lab.world.count('agent refuses an outranked controller');
      this.stream?.close();
      return;
    }
    this.lab.watch.agentHeard(this.host, message);
    switch (message.kind) {
      case 'welcome':
        record.obeys({ term: message.term, reign: message.reign });
        // What the broker may have lost is published again.
        publisher.welcomed(message.folded);
        worker.resume();
        clearInterval(this.aliveTimer);
        this.aliveTimer = setInterval(() => this.beat(), message.aliveIntervalMs);
        return;
      case 'refused':
        this.note(`refused: ${message.reason}`);
        this.stream?.close();
        return;
      default:
        worker.handle(message);
    }
  }

  private beat(): void {
    const { starts } = this.lab.network.broker;
    // A server that was started anew may have lost what it had.
    if (starts !== this.brokerStarts) this.parts?.publisher.publishAgain();
    this.brokerStarts = starts;
    const spooled = this.parts?.spool.unsettled().length ?? 0;
    this.send({ kind: 'alive', spooled, trouble: '' });
    const messageIds = this.parts?.publisher.overdue() ?? [];
    if (messageIds.length > 0) this.send({ kind: 'unsettled', messageIds });
  }
}
