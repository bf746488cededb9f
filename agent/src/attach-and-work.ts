// SPDX-License-Identifier: Apache-2.0
/** Wires the working parts of an agent: record, spool, broker, worker, the controller's stream. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  type AgentHello,
  type ControllerMessage,
  type HostDescription,
  inTimeOrNot,
  isOutranked,
  type KnownReign,
  type Lease,
  PROTOCOL,
  systemClock,
} from '@labsweep/proto';
import type { AgentOptions } from './agent-options.js';
import { type AgentRecord, StoredRecord } from './agent-record.js';
import { ArtifactCache } from './io/artifact-cache.js';
import { readBootId } from './io/boot-id.js';
import { BrokerLink } from './io/broker-link.js';
import { ControllerClient } from './io/controller-client.js';
import { diskTrouble } from './io/disk-room.js';
import { Publisher } from './publisher.js';
import { type Runner, runnerKindOf } from './runner/runner.js';
import { type OutcomeSpool, Spool } from './spool.js';
import { Worker } from './worker.js';

/** What is spooled gets this long to reach the broker when the agent stops. */
const FLUSH_LIMIT_MS = 3_000;
/**
 * A host that works says so with every message; `alive` besides would be a good part of them. This
 * often people still hear how much is spooled.
 */
const ALIVE_UNSAID_MAX_MS = 6_000;
/** A trial that does not stop when it is told to must not keep the agent for ever. */
const STOP_LIMIT_MS = 30_000;

export interface Machine {
  readonly host: HostDescription;
  /** Looks at the machine again. */
  readonly describe: () => Promise<HostDescription>;
  readonly runners: readonly Runner[];
}

/** Runs until the signal fires. Throws LabsweepError when the controller refuses this agent. */
export async function attachAndWork(options: AgentOptions, machine: Machine): Promise<void> {
  const { stateDirectory, note } = options;
  const record = options.record ?? (await StoredRecord.open(stateDirectory, note));
  const spool = await (options.openSpool?.() ?? openSpool(options));
  const bootId = await readBootId();
  const agent = new AttachedAgent(options, machine, { record, spool, bootId });
  await agent.run();
}

function openSpool({ stateDirectory, spoolLimits, note }: AgentOptions): Promise<Spool> {
  const limits = spoolLimits === undefined ? {} : { limits: spoolLimits };
  return Spool.open(join(stateDirectory, 'spool'), { note, ...limits });
}

const offersOf = ({ supports }: HostDescription) =>
  supports.map(({ environment, available }) => `${environment}:${available}`).join(' ');

class AttachedAgent {
  private readonly stop = new AbortController();
  /** Of the work: a controller that refuses the agent ends it, too. */
  private readonly signal: AbortSignal;
  private readonly heartbeat = new Heartbeat(() => void this.beat());
  private readonly startedAtMs = systemClock.nowMs();
  private readonly publisher: Publisher;
  private readonly link: BrokerLink;
  private readonly worker: Worker;
  private readonly client: ControllerClient;
  private host: HostDescription;
  private session: string;
  private trouble = '';
  /** By the newest `alive`. */
  private told = { trouble: '', atMs: 0 };
  /** Anything of the work, since the last beat. */
  private hasSpoken = false;

  constructor(
    private readonly options: AgentOptions,
    private readonly machine: Machine,
    private readonly kept: {
      readonly record: AgentRecord;
      readonly spool: OutcomeSpool;
      readonly bootId: string;
    },
  ) {
    const { note, connect, cacheDirectory, controllers } = options;
    const { record, spool } = kept;
    this.host = machine.host;
    this.session = options.session;
    this.signal = AbortSignal.any([options.signal, this.stop.signal]);
    this.publisher = new Publisher(spool, note, this.signal, {
      onAcknowledged: (sequence) => record.acknowledged(sequence),
    });
    this.link = new BrokerLink({
      name: `agent ${this.host.name}`,
      cache: new ArtifactCache(cacheDirectory),
      note,
      ...(connect === undefined ? {} : { connect }),
      onConnected: (broker) => this.publisher.connect(broker),
    });
    this.worker = this.makeWorker();
    this.client = new ControllerClient({
      addresses: controllers,
      note,
      hello: () => this.hello(),
      accepts: (reign) => this.accepts(reign),
      onMessage: (message) => this.take(message),
    });
  }

  async run(): Promise<void> {
    const { options, worker, kept } = this;
    this.takeUpLease(kept.record.left);
    await this.findTrouble();
    const hangUp = new AbortController();
    const attached = this.client.run(hangUp.signal);
    try {
      await Promise.race([attached, aborted(options.signal)]);
    } finally {
      this.heartbeat.stop();
      this.stop.abort(options.signal.reason);
      await inTimeOrNot(worker.idle(), STOP_LIMIT_MS);
      // Only now, because the worker gives its block back over this stream.
      hangUp.abort();
      await attached.catch(() => {});
      await this.publisher.flush(FLUSH_LIMIT_MS);
      await this.link.close();
      await kept.record.close();
    }
  }

  private makeWorker(): Worker {
    const { options, machine, kept } = this;
    return new Worker({
      host: this.host,
      session: () => this.session,
      clock: systemClock,
      spool: kept.spool,
      publisher: this.publisher,
      note: options.note,
      signal: this.signal,
      runnerFor: (environment) =>
        machine.runners.find((runner) => runner.kind === runnerKindOf(environment)),
      knownPath: (sha256) => this.link.knownPath(sha256),
      fetch: (sha256, signal) => this.link.fetch(sha256, signal),
      send: (message) => {
        options.observe?.sent(message);
        this.hasSpoken = true;
        this.client.send(message);
      },
      keep: (lease) => kept.record.holds(lease, kept.bootId),
      supportsChanged: () => this.supportsChanged(),
      reattach: () => this.client.reattach(),
    });
  }

  /** A trial does not outlive its boot, but a block does not end with its agent's process. */
  private takeUpLease(left: { readonly lease: Lease; readonly bootId: string } | undefined): void {
    if (left === undefined) return;
    const { lease, bootId } = left;
    const can = this.host.supports.some(
      ({ environment, available }) => environment === lease.environment && available,
    );
    if (bootId === this.kept.bootId && can) {
      this.options.note(`takes up ${lease.block} again, which an earlier process of it held`);
      this.worker.restore(lease);
      return;
    }
    const why = can ? 'the host was booted since' : `${lease.environment} is not available now`;
    this.options.note(`gives ${lease.block} back: ${why}`);
    this.kept.record.holds(undefined, '');
  }

  private hello(): AgentHello {
    const { record, spool } = this.kept;
    return {
      protocol: PROTOCOL,
      session: this.session,
      instance: record.instance,
      bootId: this.kept.bootId,
      startedAtMs: this.startedAtMs,
      acknowledgedSequence: record.acknowledgedSequence,
      seen: record.seen,
      host: this.host,
      holding: this.worker.held(),
      unsettled: spool.unsettled().map(({ id }) => id),
      trouble: this.trouble,
    };
  }

  private accepts({ term, reign }: KnownReign): boolean {
    const { record } = this.kept;
    const { seen } = record;
    if (isOutranked({ term, reign }, seen)) {
      const why = term < seen.term ? `term ${seen.term} has begun` : 'it was given to another one';
      this.options.note(`refuses a controller of term ${term}: ${why}`);
      return false;
    }
    record.obeys({ term, reign });
    return true;
  }

  private take(message: ControllerMessage): void {
    this.options.observe?.received(message);
    if (message.kind === 'welcome') {
      this.link.connect(message.natsUrl);
      this.publisher.welcomed(message.folded);
      this.heartbeat.every(message.aliveIntervalMs);
      this.worker.resume();
    } else this.worker.handle(message);
  }

  private async beat(): Promise<void> {
    if (this.link.cameBack()) this.publisher.publishAgain();
    await this.findTrouble();
    this.sayAlive();
    const messageIds = this.publisher.overdue();
    if (messageIds.length > 0) this.client.send({ kind: 'unsettled', messageIds });
  }

  /** Unless another message has shown it already and there is nothing to tell: but now and then. */
  private sayAlive(): void {
    const { trouble } = this;
    const nowMs = performance.now();
    const isNews = trouble !== '' || this.told.trouble !== '';
    const wasSaid = this.hasSpoken && nowMs - this.told.atMs < ALIVE_UNSAID_MAX_MS;
    this.hasSpoken = false;
    if (wasSaid && !isNews) return;
    this.told = { trouble, atMs: nowMs };
    this.client.send({ kind: 'alive', spooled: this.kept.spool.unsettled().length, trouble });
  }

  /** Of whoever waits for something; and, while there is no work, of whoever would have to. */
  private async findTrouble(): Promise<void> {
    const { machine, worker, publisher, link, kept, options } = this;
    const waiting = machine.runners.find((runner) => runner.waiting)?.waiting;
    const ours = worker.trouble || waiting || kept.spool.trouble;
    const found = ours || link.trouble || publisher.trouble;
    const isIdle = found === '' && worker.held().length === 0;
    const { stateDirectory, cacheDirectory } = options;
    this.trouble = isIdle ? await diskTrouble([stateDirectory, cacheDirectory]) : found;
  }

  private async supportsChanged(): Promise<boolean> {
    const fresh = await this.machine.describe();
    if (offersOf(fresh) === offersOf(this.host)) return false;
    this.host = fresh;
    // A session's facts are told once, so other facts need another session.
    this.session = randomUUID();
    return true;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Calls back at an interval that the controller may change. */
class Heartbeat {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly beat: () => void) {}

  every(intervalMs: number): void {
    this.stop();
    this.timer = setInterval(this.beat, intervalMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
