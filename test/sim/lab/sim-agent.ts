// SPDX-License-Identifier: Apache-2.0
/**
 * An agent of the simulation: the product's worker, publisher, spool and scripted runner, put
 * together as `run-agent.ts` does, on a virtual machine and a virtual wire.
 */
import { Publisher, Spool, Worker } from '@labsweep/agent';
import {
  type AgentMessage,
  type ControllerMessage,
  type HostDescription,
  type HostId,
  isOutranked,
  messageIdOf,
  messageOf,
  NO_REIGN,
  PROTOCOL,
} from '@labsweep/proto';
import { wallClockMs } from '../machine/virtual-system.js';
import type { StreamEnd } from '../machine/wire.js';
import type { Process } from '../machine/world.js';
import type { Lab, SimHost } from './lab.js';
import { SimBroker } from './sim-broker.js';
import { decodeControllerMessage, encodeAgentMessage } from './sim-call.js';
import { troubledRunner } from './troubled-runner.js';

const REDIAL_MS_MIN = 200;
const REDIAL_MS_MAX = 5_000;
const SPOOL_FOLDER = '/var/lib/labsweep/spool';

export class SimAgent {
  readonly session: string;
  private readonly process: Process;
  private readonly startedAtMs: number;
  private stream: StreamEnd | undefined;
  private spool: Spool | undefined;
  private publisher: Publisher | undefined;
  private worker: Worker | undefined;
  private seen = NO_REIGN;
  private aliveTimer: NodeJS.Timeout | undefined;
  private dialled = 0;

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
    lab.world.after(0, () => this.start().catch((error) => lab.defect(error)), this.process);
  }

  private note = (text: string) => this.lab.trace.say(this.process.name, text);

  private async start(): Promise<void> {
    const { world } = this.lab;
    const spool = await Spool.open(SPOOL_FOLDER);
    this.spool = spool;
    const { signal } = new AbortController();
    this.publisher = new Publisher(spool, this.note, signal);
    const runner = troubledRunner(this.lab, this.host);
    this.worker = new Worker({
      host: this.description(),
      session: () => this.session,
      clock: { nowMs: () => wallClockMs(world, this.host.machine) },
      spool,
      publisher: this.publisher,
      note: this.note,
      signal,
      runnerFor: () => runner,
      fetch: async (sha256) => {
        await world.sleep(world.between('fetch', 1, 50));
        return `/cache/${sha256}`;
      },
      send: (message) => this.send(message),
      supportsChanged: async () => false,
      reattach: () => this.stream?.close(),
    });
    this.publisher.connect(new SimBroker(this.lab.network, this.process).asBroker());
    this.dial();
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
      facts: { boot_id: `boot-${this.host.boots}` },
    };
  }

  private send(message: AgentMessage): void {
    this.stream?.send(encodeAgentMessage(message));
  }

  private dial(): void {
    const { lab, worker, spool } = this;
    if (worker === undefined || spool === undefined) return;
    const addresses = lab.addresses;
    const address = addresses[this.dialled % addresses.length] ?? '';
    this.dialled += 1;
    const stream = lab.wire.dial(address, this.process, {
      message: (message) => {
        if (this.stream === stream) this.take(decodeControllerMessage(message));
      },
      ended: () => {
        if (this.stream !== stream) return;
        this.stream = undefined;
        clearInterval(this.aliveTimer);
        lab.world.after(
          lab.world.between('redial', REDIAL_MS_MIN, REDIAL_MS_MAX),
          () => this.dial(),
          this.process,
        );
      },
    });
    this.stream = stream;
    this.send({
      kind: 'hello',
      hello: {
        protocol: PROTOCOL,
        session: this.session,
        instance: SPOOL_FOLDER,
        bootId: `boot-${this.host.boots}`,
        startedAtMs: this.startedAtMs,
        acknowledgedSequence: 0,
        seen: this.seen,
        host: this.description(),
        holding: worker.held(),
        unsettled: spool.unsettled().map(messageIdOf),
      },
    });
  }

  private take(message: ControllerMessage): void {
    this.lab.watch.agentHeard(this.host, message);
    switch (message.kind) {
      case 'welcome':
        if (isOutranked(message, this.seen)) {
          this.stream?.close();
          return;
        }
        this.seen = { term: message.term, reign: message.reign };
        // What the broker may have lost is published again.
        this.publisher?.welcomed();
        this.worker?.resume();
        clearInterval(this.aliveTimer);
        this.aliveTimer = setInterval(() => this.beat(), message.aliveIntervalMs);
        return;
      case 'refused':
        this.note(`refused: ${message.reason}`);
        this.stream?.close();
        return;
      case 'settled':
        this.publisher
          ?.settle(message.messageIds)
          .catch((error: unknown) => this.note(messageOf(error)));
        return;
      default:
        this.worker?.handle(message);
    }
  }

  private beat(): void {
    this.send({ kind: 'alive', spooled: this.spool?.unsettled().length ?? 0, trouble: '' });
  }
}
