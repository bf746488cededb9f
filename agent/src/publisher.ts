// SPDX-License-Identifier: Apache-2.0
/**
 * Sends what lies in the spool to JetStream, oldest first and many at a time, and tells who waits
 * when the controller has folded it. It never drops an entry: only `settled` does.
 */
import { strict as assert } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Broker,
  explainBrokerFailure,
  inTimeOrNot,
  type Note,
  parseLogEntry,
} from '@labsweep/proto';
import { FoldNews } from './fold-news.js';
import { isTooLarge, shrinkOutcome } from './outcome-limit.js';
import { type Parcel, Parcels } from './parcels.js';
import { publishRestMs } from './publish-rest.js';
import type { OutcomeSpool } from './spool.js';
import type { SpoolEntry } from './spool-entry.js';

export interface PublisherOptions {
  /** Sees the sequence of the log at which the broker acknowledged an outcome. */
  onAcknowledged?(sequence: number): void;
  /** In place of the usual time after which an outcome is asked for. */
  readonly askAfterMs?: number;
  /** In place of the usual time after which what is on its way hangs. */
  readonly stalledAfterMs?: number;
}

/** So many may be on their way; the rest waits its turn. */
const IN_FLIGHT_MAX = 256;
/** An answer may be lost; only a second failure in a row says that the broker is in trouble. */
const FAILURES_TOLD = 2;

/**
 * What the controller says of an outcome may miss us: it was sent to a stream that was lost, or was
 * about an outcome that was folded while we said hello. So long after the last word we ask again.
 */
const ASK_AFTER_MS = 15_000;
/**
 * All that is asked of a broker is answered, or given up, within a few seconds: what is on its way
 * for so long waits for something else.
 */
const STALLED_AFTER_MS = 60_000;
/** About so many: without a store to sync most are settled after minutes, and nothing is wrong. */
const ASKED_MAX = 100;

export class Publisher {
  /** Why outcomes do not reach the broker, for people; empty when they do. */
  trouble = '';
  private broker: Broker | undefined;
  private readonly parcels = new Parcels((parcel) => this.enqueue(parcel));
  /** Neither published nor on its way, oldest first. */
  private readonly queue = new Set<Parcel>();
  /** Since when each is on its way, by the monotonic clock; oldest first. */
  private readonly inFlight = new Map<Parcel, number>();
  /** When the broker acknowledged them, or they were last asked for; by the monotonic clock. */
  private readonly published = new Map<Parcel, number>();
  private readonly news = new FoldNews((id) => this.spool.has(id));
  private failures = 0;
  private resting: AbortController | undefined;
  private onIdle: (() => void)[] = [];

  constructor(
    private readonly spool: OutcomeSpool,
    private readonly note: Note,
    private readonly signal: AbortSignal,
    private readonly options: PublisherOptions = {},
  ) {}

  /**
   * True while an outcome is on its way for far longer than a broker may take, although the
   * connection stands: no broker is waited for then, so something here hangs.
   */
  get isStalled(): boolean {
    const [oldestMs] = this.inFlight.values();
    const { stalledAfterMs = STALLED_AFTER_MS } = this.options;
    if (oldestMs === undefined || performance.now() - oldestMs < stalledAfterMs) return false;
    return this.broker !== undefined && this.broker.lostSinceMs() === undefined;
  }

  /**
   * Starts to publish over this connection. What was published before and is not settled is sent
   * again: the broker may have lost it, and the same message id is stored once.
   */
  connect(broker: Broker): void {
    this.broker = broker;
    this.publishAgain();
  }

  /**
   * A controller tells anew what it has folded, beginning with what is held here: one that folds
   * anew must find what the log has lost.
   */
  welcomed(folded: readonly string[]): void {
    this.news.begin();
    this.news.told(folded);
    this.publishAgain();
  }

  /** For whenever the broker may have lost what it had: a new stream, a new connection. */
  publishAgain(): void {
    this.published.clear();
    this.resting?.abort();
    this.wake();
  }

  /** Call after this entry was added to the spool. One of a short trial may wait for others. */
  add(entry: SpoolEntry): void {
    this.news.forget(entry.id);
    if (!this.parcels.has(entry.id)) this.parcels.add(entry);
  }

  /** No other outcome comes soon that those which wait for company could go with. */
  hurry(): void {
    this.parcels.seal();
  }

  /** Looks for whatever lies in the spool and is not published. */
  wake(): void {
    for (const entry of this.spool.unsettled()) {
      if (this.parcels.isWaiting(entry.id)) continue;
      const parcel = this.parcels.of(entry);
      if (!this.published.has(parcel) && !this.inFlight.has(parcel)) this.queue.add(parcel);
    }
    this.pump();
  }

  /** Outcomes to ask for; each comes again only after a while. */
  overdue(): string[] {
    const nowMs = performance.now();
    const { askAfterMs = ASK_AFTER_MS } = this.options;
    const ids: string[] = [];
    for (const [parcel, sinceMs] of this.published) {
      if (ids.length >= ASKED_MAX) break;
      if (nowMs - sinceMs < askAfterMs) continue;
      ids.push(...parcel.map(({ id }) => id).filter((id) => this.spool.has(id)));
      this.published.set(parcel, nowMs);
    }
    return ids;
  }

  /** The controller has folded these: whoever waits for them may go on. They stay in the spool. */
  fold(messageIds: readonly string[]): void {
    this.news.told(messageIds);
  }

  /**
   * True for an outcome that need not be measured any more, although the lease names its trial: it
   * was on its way when the lease was granted. The broker would drop a second one as a repetition.
   */
  isKnown(messageId: string): boolean {
    return this.news.isKnown(messageId) || this.spool.has(messageId);
  }

  /** What is settled is folded, although nobody may have said so. */
  async settle(messageIds: readonly string[]): Promise<void> {
    this.fold(messageIds);
    for (const id of messageIds) {
      await this.spool.settle(id);
      this.news.forget(id);
      const parcel = this.parcels.forget(id);
      if (parcel === undefined || this.isHeld(parcel)) continue;
      this.published.delete(parcel);
      this.queue.delete(parcel);
    }
    this.endTroubleIfIdle();
  }

  /** See `FoldNews.whenTold`. */
  whenFolded(messageId: string): Promise<void> {
    return this.news.whenTold(messageId);
  }

  /** Waits until everything spooled has been published, at most `limitMs`. */
  async flush(limitMs: number): Promise<void> {
    this.resting?.abort();
    this.hurry();
    this.wake();
    if (this.queue.size === 0 && this.inFlight.size === 0) return;
    const idle = new Promise<void>((resolve) => this.onIdle.push(resolve));
    await inTimeOrNot(idle, limitMs);
    if (this.signal.aborted) this.resting?.abort();
  }

  private enqueue(parcel: Parcel): void {
    this.queue.add(parcel);
    this.pump();
  }

  private pump(): void {
    const { broker } = this;
    if (broker === undefined || this.resting !== undefined) return;
    for (const parcel of this.queue) {
      if (this.inFlight.size >= IN_FLIGHT_MAX) return;
      this.queue.delete(parcel);
      this.inFlight.set(parcel, performance.now());
      void this.publishOnce(parcel, broker);
    }
  }

  /** Any of its outcomes is not settled yet. */
  private isHeld(parcel: Parcel): boolean {
    return parcel.some(({ id }) => this.spool.has(id));
  }

  /** An answer was lost, and nothing is left whose publication could show that all is well. */
  private endTroubleIfIdle(): void {
    if (this.queue.size === 0 && this.inFlight.size === 0) this.trouble = '';
  }

  private tellIdle(): void {
    if (this.queue.size === 0 && this.inFlight.size === 0) this.leaveIdle();
  }

  private leaveIdle(): void {
    for (const resolve of this.onIdle.splice(0)) resolve();
  }

  /** Never throws: a parcel that fails goes back into the queue. */
  private async publishOnce(parcel: Parcel, broker: Broker): Promise<void> {
    try {
      await this.publish(parcel, broker);
      this.failures = 0;
      if (this.trouble !== '') this.note(`outcomes reach the broker again`);
      this.trouble = '';
      // What is settled meanwhile needs no further thought.
      if (this.isHeld(parcel)) this.published.set(parcel, performance.now());
      else for (const { id } of parcel) this.parcels.forget(id);
    } catch (error) {
      if (this.isHeld(parcel)) this.queue.add(parcel);
      // A failure over a connection that was replaced says nothing of the new one.
      if (broker === this.broker) this.failed(error);
    }
    this.inFlight.delete(parcel);
    this.endTroubleIfIdle();
    this.pump();
    this.tellIdle();
  }

  private failed(error: unknown): void {
    if (this.signal.aborted) {
      // The agent stops: what fails now is for its next process.
      this.broker = undefined;
      this.leaveIdle();
    }
    if (this.resting !== undefined || this.signal.aborted) return;
    this.failures += 1;
    const text = `outcomes stay in the spool: ${explainBrokerFailure(error)}`;
    if (this.failures >= FAILURES_TOLD && text !== this.trouble) {
      this.note(text);
      this.trouble = text;
    }
    const restMs = publishRestMs(error, this.failures);
    const resting = new AbortController();
    this.resting = resting;
    void delay(restMs, undefined, { signal: resting.signal })
      .catch(() => {})
      .then(() => {
        this.resting = undefined;
        this.pump();
      });
  }

  private async publish(parcel: Parcel, broker: Broker): Promise<void> {
    for (const sha256 of parcel.flatMap(({ evidence }) => evidence)) {
      const bytes = await this.spool.artifact(sha256);
      if (bytes !== undefined) await broker.artifacts.put(bytes);
    }
    const sequence = await this.append(parcel, broker);
    this.options.onAcknowledged?.(sequence);
  }

  /** A server that takes less than ours must not keep an outcome, and all behind it, for ever. */
  private async append(parcel: Parcel, broker: Broker): Promise<number> {
    try {
      return await broker.log.appendTexts(parcel, 1);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      if (parcel.length === 1) return this.appendCut(parcel[0], broker);
    }
    let sequence = 0;
    for (const entry of parcel) sequence = await this.append([entry], broker);
    return sequence;
  }

  private appendCut({ text }: SpoolEntry, broker: Broker): Promise<number> {
    const outcome = parseLogEntry(text);
    assert(outcome.type === 'trial-ended');
    this.note(`the outcome of ${outcome.trial} is too large for this broker, and is cut`);
    return broker.log.append(shrinkOutcome(outcome), 1);
  }
}
