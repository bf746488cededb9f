// SPDX-License-Identifier: Apache-2.0
/**
 * Sends what lies in the spool to JetStream, oldest first, and tells who waits when the controller
 * has settled it. It never drops an entry: only `settled` does.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Broker, messageIdOf, messageOf, type Note, type TrialEnded } from '@labsweep/proto';
import { evidenceOf, type OutcomeSpool } from './spool.js';

/** Between two tries while the broker is away. */
const RETRY_DELAY_MS = 1_000;

export class Publisher {
  private broker: Broker | undefined;
  private readonly published = new Set<string>();
  private readonly waiting = new Map<string, () => void>();
  private working: Promise<void> | undefined;
  private wokenAgain = false;

  constructor(
    private readonly spool: OutcomeSpool,
    private readonly note: Note,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Starts to publish over this connection. What was published before and is not settled is sent
   * again: the broker may have lost it, and the same message id is stored once.
   */
  connect(broker: Broker): void {
    this.broker = broker;
    this.published.clear();
    this.wake();
  }

  /** Call after something was added to the spool. */
  wake(): void {
    if (this.working !== undefined) {
      // The work under way may have looked for the last time already.
      this.wokenAgain = true;
      return;
    }
    this.working = this.drain().finally(() => {
      this.working = undefined;
      if (!this.wokenAgain) return;
      this.wokenAgain = false;
      this.wake();
    });
  }

  async settle(messageIds: readonly string[]): Promise<void> {
    for (const id of messageIds) {
      await this.spool.settle(id);
      this.published.delete(id);
      this.waiting.get(id)?.();
      this.waiting.delete(id);
    }
  }

  /** Settles once the controller has settled the entry; at once when it is not in the spool. */
  settled(messageId: string): Promise<void> {
    if (!this.spool.has(messageId)) return Promise.resolve();
    return new Promise((resolve) => this.waiting.set(messageId, resolve));
  }

  /** Waits until everything spooled has been published, at most `limitMs`. */
  async flush(limitMs: number): Promise<void> {
    this.wake();
    await Promise.race([this.working, delay(limitMs, undefined, { ref: false })]);
  }

  private async drain(): Promise<void> {
    for (;;) {
      const next = this.spool.unsettled().find((entry) => !this.published.has(messageIdOf(entry)));
      if (next === undefined || this.broker === undefined) return;
      try {
        await this.publish(next, this.broker);
        this.published.add(messageIdOf(next));
      } catch (error) {
        this.note(`outcome of ${next.trial} stays in the spool: ${messageOf(error)}`);
        if (this.signal.aborted) return;
        await delay(RETRY_DELAY_MS);
      }
    }
  }

  private async publish(entry: TrialEnded, broker: Broker): Promise<void> {
    for (const sha256 of evidenceOf(entry)) {
      const bytes = await this.spool.artifact(sha256);
      if (bytes !== undefined) await broker.artifacts.put(bytes);
    }
    await broker.log.append(entry);
  }
}
