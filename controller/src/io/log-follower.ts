// SPDX-License-Identifier: Apache-2.0
/**
 * Folds the log as it grows, and finds out what JetStream does not say: that the log has lost its
 * end, is gone, or that the consumer is asleep.
 */
import { setImmediate as turn } from 'node:timers/promises';
import {
  brokerFailureOf,
  type FoldEntry,
  type LogMessage,
  type LogPlace,
  messageOf,
  type OutcomeLog,
} from '@labsweep/proto';
import { defectText } from './defect-text.js';
import { monotonicMs } from './waiting.js';

export interface FollowerPorts {
  readonly log: Pick<OutcomeLog, 'followBatches' | 'head' | 'holds'>;
  /** How often the connection to the broker was lost. */
  lossCount(): number;
  onMessage(message: LogMessage<FoldEntry>): void;
  /** About once a second, while the log holds what was folded. */
  onWhole(): void;
  note(message: string): void;
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
  readonly signal: AbortSignal;
}

const CHECK_INTERVAL_MS = 1_000;
/**
 * So long a batch has the event loop for itself. What is said to agents meanwhile leaves this
 * process behind it only, and agents that get their leases together end their blocks together.
 */
const TURN_MS = 5;
/**
 * Of a log that is caught up with. There nobody waits for an answer, and what would come in during
 * other turns would only pile up, since the client asks for more as it comes.
 */
const LIVE_BATCH_MAX = 1_000;
/** Entries are there and do not come: the consumer is opened anew after so many checks. */
const STALLED_CHECKS_MAX = 5;

export class LogFollower {
  /** Settles with the reason when what was folded is no longer what the log holds. */
  readonly broken: Promise<string>;
  private break: (reason: string) => void = () => {};
  private isBroken = false;
  /** Losses of the connection after which the log was found to hold what was folded. */
  private lossesSeen: number;
  /** A consumer has ended: the stream may have been deleted and restored meanwhile. */
  private isUnsure = false;
  private last: LogPlace = { sequence: 0, storedAtMs: 0 };
  private consumer = new AbortController();
  private createdAt: string | undefined;
  private onProgress: () => void = () => {};
  /** What `catchUp` waits for. */
  private awaitedSequence = 0;

  constructor(private readonly ports: FollowerPorts) {
    this.lossesSeen = ports.lossCount();
    this.broken = new Promise((resolve) => {
      this.break = (reason) => {
        this.isBroken = true;
        resolve(reason);
      };
    });
    void this.follow();
    void this.check();
  }

  /** Of the newest entry that is folded; its sequence is 0 before the first one. */
  get newest(): LogPlace {
    return this.last;
  }

  /** Settles once all is folded that the log held at the call. Throws as the broker fails. */
  async catchUp(): Promise<void> {
    const { lastSequence } = await this.ports.log.head();
    if (this.last.sequence >= lastSequence || this.ports.signal.aborted) return;
    // One promise for all of it: a listener for each entry of a long log would take hours.
    await new Promise<void>((resolve) => {
      this.awaitedSequence = lastSequence;
      this.onProgress = () => {
        if (this.last.sequence >= this.awaitedSequence) resolve();
      };
      this.ports.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Looks now, and not only at the next turn. */
  async verify(): Promise<void> {
    const { log } = this.ports;
    const { last } = this;
    const head = await log.head();
    this.createdAt ??= head.createdAt;
    if (head.createdAt !== this.createdAt) {
      this.break(`the log was made anew at ${head.createdAt}; folding it from its start`);
    } else if (head.lastSequence < last.sequence || !(await log.holds(last))) {
      this.break(
        `the log has lost entries: it ends at ${head.lastSequence}, ${last.sequence} were folded; ` +
          'folding it anew, and agents publish again what is not settled',
      );
    }
  }

  private async follow(): Promise<void> {
    const { log, lossCount, signal, sleep, note } = this.ports;
    for (;;) {
      await this.verifyWhereUnsure();
      if (signal.aborted || this.isBroken) return;
      this.consumer = new AbortController();
      const stop = AbortSignal.any([signal, this.consumer.signal]);
      try {
        for await (const batch of log.followBatches(stop, this.last.sequence + 1)) {
          // Even what came before the loss of the connection may be gone from the server by now.
          if (this.lossesSeen !== lossCount()) break;
          await this.take(batch, stop);
          this.onProgress();
          if (this.lossesSeen !== lossCount()) break;
        }
      } catch (error) {
        if (!stop.aborted) note(`the log is not delivered: ${messageOf(error)}`);
      }
      this.isUnsure = true;
      if (this.lossesSeen === lossCount()) await sleep(CHECK_INTERVAL_MS / 2, signal);
    }
  }

  private async take(batch: readonly LogMessage<FoldEntry>[], stop: AbortSignal): Promise<void> {
    const { lossCount } = this.ports;
    const turnMs = batch.length > LIVE_BATCH_MAX ? Number.POSITIVE_INFINITY : TURN_MS;
    let turnEndsMs = monotonicMs() + turnMs;
    for (const message of batch) {
      // A consumer that was opened anew may repeat itself.
      if (message.sequence <= this.last.sequence) continue;
      if (monotonicMs() >= turnEndsMs) {
        await turn();
        turnEndsMs = monotonicMs() + turnMs;
      }
      if (stop.aborted || this.lossesSeen !== lossCount()) return;
      this.last = { sequence: message.sequence, storedAtMs: message.storedAtMs };
      this.hand(message);
    }
  }

  /** A defect of ours is told as one: the log is delivered, and goes on behind this entry. */
  private hand(message: LogMessage<FoldEntry>): void {
    try {
      this.ports.onMessage(message);
    } catch (error) {
      this.ports.note(defectText(`what follows from log entry ${message.sequence}`, error));
    }
  }

  /**
   * A log that comes back may have lost its end and grown past it before anybody looked. What it
   * delivers then is no continuation of what was folded, and would hide that something is missing:
   * nothing is folded until the log was seen to hold what is.
   */
  private async verifyWhereUnsure(): Promise<void> {
    const { lossCount, signal, sleep } = this.ports;
    const isSure = () => this.lossesSeen === lossCount() && !this.isUnsure;
    while (!signal.aborted && !this.isBroken && !isSure()) {
      const losses = lossCount();
      try {
        await this.verify();
        this.lossesSeen = losses;
        this.isUnsure = false;
      } catch {
        // It is away again, or lost its stream: `check` has words for that.
        await sleep(CHECK_INTERVAL_MS / 2, signal);
      }
    }
  }

  private async check(): Promise<void> {
    const { log, signal, sleep, note } = this.ports;
    let stalled = 0;
    while (!signal.aborted) {
      const before = this.last.sequence;
      try {
        await this.verify();
        if (!this.isBroken) this.ports.onWhole();
        const { lastSequence } = await log.head();
        // A log that lost its end meanwhile may never reach again what was waited for.
        this.awaitedSequence = Math.min(this.awaitedSequence, lastSequence);
        this.onProgress();
        stalled =
          lastSequence > this.last.sequence && this.last.sequence === before ? stalled + 1 : 0;
        if (stalled > STALLED_CHECKS_MAX) {
          note(`the log ends at ${lastSequence}, nothing came after ${before}; asking anew`);
          this.consumer.abort();
          stalled = 0;
        }
      } catch (error) {
        if (brokerFailureOf(error) === 'no-stream')
          this.break('the log is gone: its stream was deleted');
      }
      await sleep(CHECK_INTERVAL_MS, signal);
    }
  }
}
