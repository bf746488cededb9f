// SPDX-License-Identifier: Apache-2.0
/**
 * One life of the fold: folds the log while another controller reigns, reigns, and ends when the
 * reign is lost or the log is no longer what was folded. Whoever calls it starts the next one.
 */
import { randomUUID } from 'node:crypto';
import {
  type Broker,
  explainBrokerFailure,
  type FoldEntry,
  type HostId,
  type KnownReign,
  type LeaseId,
  type LogMessage,
  messageIdOf,
  type Note,
  systemClock,
} from '@labsweep/proto';
import { EarlyEntries } from './early-entries.js';
import { blockOf } from './fold/block-of.js';
import { agentHandlers } from './io/agent-server.js';
import { CommandDesk } from './io/command-desk.js';
import type { Gate } from './io/gate.js';
import { LogFollower } from './io/log-follower.js';
import type { LogWriter } from './io/log-writer.js';
import { isDead } from './io/process-identity.js';
import type { StoreSync } from './io/store-sync.js';
import { Submission } from './io/submission.js';
import { sweepHistory } from './io/sweep-history.js';
import { sweepHandlers } from './io/sweep-server.js';
import { SyncedLog } from './io/synced-log.js';
import { monotonicMs, sleep } from './io/waiting.js';
import type { LoopPorts } from './ports.js';
import { Readiness } from './readiness.js';
import type { LockMemory } from './reign/lock-memory.js';
import type { Reign } from './reign/reign.js';
import { type Contender, takeReign } from './reign/take-reign.js';
import { SweepLoop } from './sweep-loop.js';
import { Troubles } from './troubles.js';

export interface SittingOptions {
  readonly broker: Broker;
  readonly natsUrl: string;
  readonly gate: Pick<Gate, 'open' | 'shut'>;
  readonly writer: LogWriter;
  readonly store: StoreSync | undefined;
  readonly syncDelayMs: number;
  readonly contender: Contender;
  /** Lives longer than a sitting. */
  readonly lockMemory: LockMemory;
  readonly cacheDirectory: string;
  /** Makes the loop; absent is the real one. The simulation watches it, and puts defects in. */
  readonly newLoop?: (ports: LoopPorts) => SweepLoop;
  readonly note: Note;
  /** Called when it serves, and when it has found why it does not: mostly, another one does. */
  onReady(): void;
  readonly signal: AbortSignal;
}

export interface SittingEnd {
  readonly reason: string;
}

const TICK_INTERVAL_MS = 1_000;

export class Sitting {
  private readonly stop = new AbortController();
  private readonly signal: AbortSignal;
  private readonly troubles: Troubles;
  private readonly loop: SweepLoop;
  /** All but outcomes. */
  private readonly inLog = new Set<string>();
  private readonly early = new EarlyEntries((entry) => this.hasPlace(entry));
  private readonly follower: LogFollower;
  private readonly synced: SyncedLog;
  /** Since when all is folded that the log held at its beginning. */
  private foldedAtMonotonicMs: number | undefined;
  private reign: Reign | undefined;
  /** The asking for the lock, which nobody can break off while its answer is on the way. */
  private taking: Promise<Reign | undefined> = Promise.resolve(undefined);
  private readonly outranked: Promise<SittingEnd>;
  private stepDown: (end: SittingEnd) => void = () => {};

  constructor(private readonly options: SittingOptions) {
    const { broker, note, natsUrl, writer } = options;
    this.signal = AbortSignal.any([options.signal, this.stop.signal]);
    this.outranked = new Promise((resolve) => {
      this.stepDown = resolve;
    });
    const newLoop = options.newLoop ?? ((ports) => new SweepLoop(ports));
    this.loop = newLoop({
      clock: systemClock,
      append: (entry) => writer.appendSoon(entry),
      history: (sweep, lastSequence) =>
        sweepHistory({ log: broker.log, note, signal: this.signal }, sweep, lastSequence),
      newLeaseId: () => randomUUID() as LeaseId,
      isReigning: () => !this.signal.aborted && (this.reign?.isHeld() ?? false),
      reignName: options.contender.session,
      outranked: (by) => this.yieldTo(by),
      acknowledged: (host, sequence) => void this.compare(host, sequence),
      note,
      natsUrl,
    });
    this.troubles = new Troubles((texts) => this.loop.setTroubles(texts), note);
    this.follower = new LogFollower({
      log: broker.log,
      lossCount: broker.lossCount,
      onMessage: (message) => this.fold(message),
      onWhole: () => this.forgetOld(),
      note,
      sleep,
      signal: this.signal,
    });
    this.synced = new SyncedLog({
      ...options,
      follower: this.follower,
      onSynced: (sequence) => this.loop.synced(sequence),
      onTrouble: (text) => this.troubles.set('horizon', text),
      signal: this.signal,
    });
  }

  /** For the writer, which lives longer than a sitting. */
  writerTrouble(text: string): void {
    this.troubles.set('writer', text);
  }

  /** Settles when it is over; undefined when the signal fired. */
  async run(): Promise<SittingEnd | undefined> {
    const { gate, options } = this.view();
    const broken = this.follower.broken.then((reason) => ({ reason }));
    let end: SittingEnd | undefined;
    try {
      const stopped = aborted(this.signal);
      end = await Promise.race([this.reignOnce(), broken, this.outranked, stopped]);
      return end;
    } finally {
      this.stop.abort();
      options.writer.end();
      const reason = options.signal.aborted ? 'the controller was stopped' : (end?.reason ?? '');
      gate.shut(`standby; ${reason}`);
      // A lock that is granted to a sitting that is over is given back.
      await (await this.taking)?.release();
    }
  }

  private view() {
    const { options } = this;
    return { options, ...options };
  }

  private async reignOnce(): Promise<SittingEnd | undefined> {
    const { note, contender, lockMemory, broker, writer, store, options } = this.view();
    const { signal } = this;
    const now = () => ({ monotonicMs: monotonicMs(), wallMs: Date.now() });
    const readiness = new Readiness({
      log: broker.log,
      follower: this.follower,
      store,
      note,
      signal,
    });
    const onWaiting = (reason: string) => this.wait(reason);
    await readiness.beforeLock(onWaiting);
    if (signal.aborted) return undefined;
    this.foldedAtMonotonicMs = monotonicMs();
    this.taking = takeReign({
      ports: { store: broker.reign, now, sleep, isDead },
      contender,
      memory: lockMemory,
      onWaiting,
      signal,
    });
    const reign = await this.taking;
    if (reign === undefined) return undefined;
    this.reign = reign;
    const lost = reign.lost;
    const hindrance = await Promise.race([readiness.underLock(), lost]);
    if (hindrance !== undefined) return { reason: hindrance };
    // A sitting that is over has shut the gate, and would not shut it again.
    if (signal.aborted) return undefined;
    note(`folded ${this.follower.newest.sequence} log entries`);
    note(`reigns under term ${reign.term}`, { term: reign.term });
    writer.begin((messageId) => this.inLog.has(messageId));
    // What was folded before this reign may be asked for by agents that still hold it.
    this.synced.folded(this.follower.newest);
    void this.synced.run();
    this.loop.reign(reign.term);
    const ticker = setInterval(() => this.tick(), TICK_INTERVAL_MS);
    signal.addEventListener('abort', () => clearInterval(ticker), { once: true });
    this.serve();
    options.onReady();
    return { reason: await lost };
  }

  private wait(reason: string): void {
    // An answer may come after the sitting that asked: the gate is the next one's by then.
    if (this.signal.aborted) return;
    const { note, gate, onReady } = this.options;
    note(reason);
    gate.shut(reason);
    onReady();
  }

  private serve(): void {
    const { gate, broker, writer, cacheDirectory, note } = this.options;
    const { loop } = this;
    const untilKept = this.synced.untilKept.bind(this.synced);
    const store = { artifacts: broker.artifacts, log: writer };
    const parts = { broker: store, loop, cacheDirectory, untilKept };
    const submission = new Submission(parts);
    const desk = new CommandDesk(parts, submission);
    const forgone = () => writer.forgoneCommands;
    gate.open({
      agent: agentHandlers(loop, note),
      sweep: sweepHandlers({ loop, broker: store, submission, desk, forgone }),
    });
  }

  private tick(): void {
    const { broker, natsUrl, writer } = this.options;
    const lostSinceMs = broker.lostSinceMs();
    const since = lostSinceMs === undefined ? '' : new Date(lostSinceMs).toISOString();
    const text = since === '' ? '' : `nats-server at ${natsUrl} is away since ${since}`;
    this.troubles.set('connection', text);
    const nameOf = (id: string) =>
      this.loop.hosts().find(({ host }) => host === id)?.hostName ?? id;
    this.troubles.set('commands', writer.notRestored(nameOf).join('; '));
    this.loop.tick();
  }

  private fold(message: LogMessage<FoldEntry>): void {
    const { sequence, entries, malformed } = message;
    for (const each of entries) {
      this.remember(each);
      this.early.take(each, (entry) => this.loop.entry(entry, sequence));
    }
    for (const why of malformed) this.options.note(`log message ${sequence} is skipped: ${why}`);
    // A standby settles nothing; its reign begins with what is the newest entry then.
    if (this.reign !== undefined) this.synced.folded(message);
  }

  private remember(entry: FoldEntry): void {
    if (entry.type === 'trial-ended') return;
    this.inLog.add(messageIdOf(entry));
    this.options.writer.saw(entry);
  }

  private forgetOld(): void {
    if (this.foldedAtMonotonicMs === undefined) return;
    const foldedForMs = monotonicMs() - this.foldedAtMonotonicMs;
    this.options.writer.forgetOld((messageId) => this.inLog.has(messageId), foldedForMs);
  }

  private hasPlace(entry: FoldEntry): boolean {
    const sweep = 'sweep' in entry ? this.loop.sweep(entry.sweep) : undefined;
    if (entry.type === 'trial-ended') return blockOf(sweep, entry.block) !== undefined;
    return sweep !== undefined;
  }

  /** The next reign of this process comes after all that agents have seen. */
  private yieldTo({ term }: KnownReign): void {
    this.options.lockMemory.heardOf(term);
    const reason = `an agent has obeyed another controller under term ${term}`;
    this.stepDown({ reason });
  }

  /** The broker has acknowledged more than it has: the agent publishes it again by itself. */
  private async compare(host: HostId, sequence: number): Promise<void> {
    const { broker, note } = this.options;
    if (sequence <= this.follower.newest.sequence) return;
    try {
      const { lastSequence } = await broker.log.head();
      if (sequence <= lastSequence) return;
      note(
        `the log ends at ${lastSequence}, but up to ${sequence} was acknowledged to this host: ` +
          'entries are lost, and it publishes again what is not settled',
        { host },
      );
      await this.follower.verify();
    } catch (error) {
      note(`cannot compare with the log: ${explainBrokerFailure(error)}`, { host });
    }
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
