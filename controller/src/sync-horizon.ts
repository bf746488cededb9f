// SPDX-License-Identifier: Apache-2.0
/**
 * Up to which sequence the log is on the broker's disk: by syncing the store, one round for all
 * entries that came meanwhile, or by waiting until the server has done it. docs/DURABILITY.md tells
 * what each way stands on.
 */
import { type LogPlace, messageOf } from '@labsweep/proto';

export interface HorizonPorts {
  /** Syncs the store; undefined where it cannot be reached, and only time helps. */
  readonly sync: (() => Promise<void>) | undefined;
  /** How long after it came an entry is on the disk, where the store cannot be synced. */
  readonly delayMs: number;
  /** How often the connection to the server was lost and came back. */
  returnCount(): number;
  /** False when the log no longer has this entry. Throws while the broker is away. */
  holds(place: LogPlace): Promise<boolean>;
  monotonicMs(): number;
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
  onSynced(sequence: number): void;
  /** What keeps entries from being settled; an empty text when nothing does. */
  onTrouble(text: string): void;
  /**
   * The log does not hold an entry that was folded. Unless the signal has fired when this settles,
   * it was only out of reach for a moment, and is asked for again.
   */
  onRewound(): Promise<void>;
}

/** nats-server syncs every two minutes; the rest is for a timer that is late. */
export const SYNC_DELAY_MS = 130_000;
/** Entries that come closer together than this share a mark, so that marks stay few. */
const MARK_INTERVAL_MS = 50;
/** From the begin of a round to that of the next: an agent loses nothing while it waits. */
const ROUND_INTERVAL_MS = 200;
const RETRY_DELAY_MS = 1_000;
const FINAL = 'nothing is settled until its disk is mended and the controller restarted';

interface Mark {
  place: LogPlace;
  /** Of its newest entry. */
  atMonotonicMs: number;
  readonly firstMonotonicMs: number;
}

export class SyncHorizon {
  private marks: Mark[] = [];
  private wake: () => void = () => {};
  private returnsSeen: number;
  /** It has found that nothing will be settled any more: nobody would take the marks away. */
  private hasEnded = false;

  constructor(private readonly ports: HorizonPorts) {
    this.returnsSeen = ports.returnCount();
  }

  /** An entry was folded. It was in the server's file before it was delivered. */
  folded(place: LogPlace): void {
    if (this.hasEnded) return;
    const nowMs = this.ports.monotonicMs();
    const last = this.marks.at(-1);
    if (last !== undefined && nowMs - last.firstMonotonicMs < MARK_INTERVAL_MS) {
      last.place = place;
      last.atMonotonicMs = nowMs;
    } else this.marks.push({ place, atMonotonicMs: nowMs, firstMonotonicMs: nowMs });
    this.wake();
  }

  /** Works until the signal fires, or nothing can be settled any more; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    await this.settleUntilEnd(signal);
    this.hasEnded = true;
    this.marks = [];
  }

  /** How many marks wait for their turn. */
  get markCount(): number {
    return this.marks.length;
  }

  private async settleUntilEnd(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.wake(), { once: true });
    while (!signal.aborted) {
      const mark = await this.nextMark(signal);
      if (mark === undefined) continue;
      const beganMs = this.ports.monotonicMs();
      try {
        await this.ports.sync?.();
        // A server that lost its newest writes since they were folded has synced something else.
        if (!(await this.ports.holds(mark.place))) {
          this.ports.onTrouble(`the log does not show its entry ${mark.place.sequence}`);
          await this.ports.onRewound();
          this.marks.unshift(mark);
          await this.ports.sleep(RETRY_DELAY_MS, signal);
          continue;
        }
        if (signal.aborted) return;
        if (this.ports.sync === undefined && this.ports.returnCount() !== this.returnsSeen) {
          // It came back while it was asked.
          this.marks.unshift(mark);
          continue;
        }
        this.ports.onTrouble('');
        this.ports.onSynced(mark.place.sequence);
        const restMs = beganMs + ROUND_INTERVAL_MS - this.ports.monotonicMs();
        if (this.ports.sync !== undefined && restMs > 0) await this.ports.sleep(restMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        // Whoever asks the kernel again after a failed sync may be told that all is well.
        const final = (error as NodeJS.ErrnoException).code === 'EIO';
        const text = `the store of nats-server cannot be synced: ${messageOf(error)}`;
        this.ports.onTrouble(final ? `${text}; ${FINAL}` : text);
        if (final) return;
        this.marks.unshift(mark);
        await this.ports.sleep(RETRY_DELAY_MS, signal);
      }
    }
  }

  /** The newest entry whose turn it is; waits for one. */
  private async nextMark(signal: AbortSignal): Promise<Mark | undefined> {
    const first = this.marks[0];
    if (first === undefined) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        if (signal.aborted) resolve();
      });
      return undefined;
    }
    if (this.ports.sync !== undefined) return this.marks.splice(0).at(-1);
    this.waitAnewAfterReturn();
    const dueMs = this.ports.monotonicMs() - this.ports.delayMs;
    const count = this.marks.findIndex(({ atMonotonicMs }) => atMonotonicMs > dueMs);
    if (count === 0) {
      await this.ports.sleep(Math.max(1, first.atMonotonicMs - dueMs), signal);
      return undefined;
    }
    return this.marks.splice(0, count === -1 ? this.marks.length : count).at(-1);
  }

  /** The server may be another process, whose timer began with it: all that waits waits anew. */
  private waitAnewAfterReturn(): void {
    const returns = this.ports.returnCount();
    if (returns === this.returnsSeen) return;
    this.returnsSeen = returns;
    const nowMs = this.ports.monotonicMs();
    for (const mark of this.marks) mark.atMonotonicMs = nowMs;
  }
}
