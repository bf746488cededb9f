// SPDX-License-Identifier: Apache-2.0
/**
 * One reign: renews the lock until it is released or lost. It trusts its own monotonic clock and
 * the compare-and-set of the store, and never the wall clock of another machine.
 */
import { brokerFailureOf, explainBrokerFailure, type ReignRecord } from '@labsweep/proto';
import type { ReignPorts } from './reign-ports.js';

export const RENEW_INTERVAL_MS = 2_000;
/** Between two tries when a renewal failed. */
const RETRY_DELAY_MS = 250;
/** The holder stops believing in its reign so long after it sent its last good renewal. */
export const HOLD_MS = 5_000;

export class Reign {
  /** Settles with the reason when the reign is over although it was not released. */
  readonly lost: Promise<string>;
  private readonly done = new AbortController();
  private end: (reason: string) => void = () => {};
  private over = false;
  private renewing: Promise<string> = Promise.resolve('');
  private validUntilMonotonicMs: number;
  private validUntilWallMs: number;

  /** `revision` holds `record` since a request that was sent at `sentAt`. */
  constructor(
    private readonly ports: ReignPorts,
    private readonly record: ReignRecord,
    private revision: number,
    sentAt: { readonly monotonicMs: number; readonly wallMs: number },
  ) {
    this.validUntilMonotonicMs = sentAt.monotonicMs + HOLD_MS;
    this.validUntilWallMs = sentAt.wallMs + HOLD_MS;
    this.lost = new Promise((resolve) => {
      this.end = resolve;
    });
    void this.renewUntilOver();
  }

  get term(): number {
    return this.record.term;
  }

  /**
   * Asked before anything is decided. A machine that slept does not count its sleep on its
   * monotonic clock, so the wall clock has a say too: when that one jumps, nothing is decided until
   * the next renewal.
   */
  isHeld(): boolean {
    const { monotonicMs, wallMs } = this.ports.now();
    return !this.over && monotonicMs < this.validUntilMonotonicMs && wallMs < this.validUntilWallMs;
  }

  /** Lets the next one in at once. Never throws: without it the lock runs out by itself. */
  async release(): Promise<void> {
    if (this.over) return;
    this.finish('released');
    // One that is under way would make the revision too old to be replaced.
    await this.renewing;
    await this.ports.store.write({ ...this.record, released: true }, this.revision).catch(() => {});
  }

  private finish(reason: string): void {
    if (this.over) return;
    this.over = true;
    this.done.abort();
    this.end(reason);
  }

  private async renewUntilOver(): Promise<void> {
    let trouble = '';
    while (!this.over) {
      // A clock that jumped is answered by a renewal at once.
      const pause = trouble === '' && this.isHeld() ? RENEW_INTERVAL_MS : RETRY_DELAY_MS;
      await this.ports.sleep(pause, this.done.signal);
      if (this.over) return;
      if (this.ports.now().monotonicMs >= this.validUntilMonotonicMs) {
        const seconds = HOLD_MS / 1000;
        this.finish(
          `the lock was not renewed for ${seconds} s${trouble === '' ? '' : `: ${trouble}`}`,
        );
        return;
      }
      this.renewing = this.renew();
      trouble = await this.renewing;
    }
  }

  /** Returns what is in the way, or an empty text. */
  private async renew(): Promise<string> {
    const sentAt = this.ports.now();
    try {
      this.revision = await this.ports.store.write(this.record, this.revision);
      this.validUntilMonotonicMs = sentAt.monotonicMs + HOLD_MS;
      this.validUntilWallMs = sentAt.wallMs + HOLD_MS;
      return '';
    } catch (error) {
      if (brokerFailureOf(error) === 'overtaken') await this.explainOvertaken();
      return explainBrokerFailure(error);
    }
  }

  /** A renewal whose answer was lost is ours all the same; anything else is another controller. */
  private async explainOvertaken(): Promise<void> {
    try {
      const entry = await this.ports.store.read();
      if (entry?.record.session === this.record.session && entry.record.term === this.term) {
        this.revision = entry.revision;
        return;
      }
      const other = entry === undefined ? 'nobody' : entry.record.address;
      this.finish(`another one has taken the lock: ${other}`);
    } catch {
      // The next renewal meets the same, or the reign runs out.
    }
  }
}
