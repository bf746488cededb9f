// SPDX-License-Identifier: Apache-2.0
/**
 * The agent's connection to the broker, at the address that the controller names. It tries again
 * by itself for as long as the broker is away.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Broker,
  connectBroker,
  explainBrokerFailure,
  inTime,
  LabsweepError,
  messageOf,
  type Note,
  type Sha256,
} from '@labsweep/proto';
import { type ArtifactCache, FETCH_LIMIT_MS } from './artifact-cache.js';
import { explainDiskTrouble, isDiskTrouble } from './durable-file.js';

export interface BrokerLinkOptions {
  /** Shown by nats-server beside the connection. */
  readonly name: string;
  readonly cache: ArtifactCache;
  readonly note: Note;
  onConnected(broker: Broker): void;
  /** In place of a connection of its own. */
  readonly connect?: (url: string) => Promise<Broker>;
}

const RETRY_DELAY_MIN_MS = 250;
const RETRY_DELAY_MAX_MS = 5_000;
const FETCH_RETRY_MS = 1_000;

export class BrokerLink {
  /** Why files cannot be had, or why there is no broker; empty when nothing is wrong. */
  trouble = '';
  private url: string | undefined;
  private broker: Broker | undefined;
  private returnsSeen = 0;
  private readonly stop = new AbortController();

  constructor(private readonly options: BrokerLinkOptions) {}

  /** Connects, unless the connection is to this address already or is being made. */
  connect(url: string): void {
    if (this.url === url) return;
    void this.broker?.close();
    this.broker = undefined;
    this.url = url;
    void this.dial(url);
  }

  /** True once after each time that the connection was lost and came back. */
  cameBack(): boolean {
    const count = this.broker?.returnCount() ?? 0;
    const isNews = count > this.returnsSeen;
    this.returnsSeen = count;
    return isNews;
  }

  /** A local file with these bytes, where that is known without waiting for a disk or a broker. */
  knownPath(sha256: Sha256): string | undefined {
    return this.options.cache.knownPath(sha256);
  }

  /**
   * A local file with these bytes. It waits while the broker is away or the disk is full; throws
   * LabsweepError when that lasts, and when the broker has them not. After `FETCH_LIMIT_MS` a trial
   * whose files cannot be had has failed.
   */
  async fetch(sha256: Sha256, signal: AbortSignal): Promise<string> {
    try {
      return await this.fetchPatiently(sha256, signal);
    } finally {
      // Nobody waits any more: what is still wrong is found by whoever comes next.
      this.trouble = '';
    }
  }

  private async fetchPatiently(sha256: Sha256, signal: AbortSignal): Promise<string> {
    const sinceMs = performance.now();
    for (;;) {
      signal.throwIfAborted();
      let why: string;
      try {
        if (this.broker === undefined) throw new LabsweepError('nats-server was not reached yet');
        const path = this.options.cache.path(sha256, this.broker.artifacts);
        const limitMs = Math.max(1, FETCH_LIMIT_MS - (performance.now() - sinceMs));
        return await inTime(path, { limitMs, what: `the artifact ${sha256}`, signal });
      } catch (error) {
        if (this.broker !== undefined && !passes(error)) throw error;
        why = this.explain(error);
      }
      if (this.trouble === '') this.options.note(`waits for the artifact ${sha256}: ${why}`);
      this.trouble = `an artifact cannot be fetched: ${why}`;
      if (performance.now() - sinceMs > FETCH_LIMIT_MS) throw new LabsweepError(this.trouble);
      await delay(FETCH_RETRY_MS, undefined, { signal });
    }
  }

  private explain(error: unknown): string {
    if (isDiskTrouble(error)) return explainDiskTrouble(error, this.options.cache.directory);
    return isBrokerTrouble(error) ? explainBrokerFailure(error) : messageOf(error);
  }

  async close(): Promise<void> {
    this.stop.abort();
    await this.broker?.close();
  }

  private async dial(url: string): Promise<void> {
    const { connect, name, note } = this.options;
    let told = '';
    let delayMs = RETRY_DELAY_MIN_MS;
    while (this.url === url && !this.stop.signal.aborted) {
      try {
        const broker = await (connect?.(url) ?? connectBroker({ url, name, create: false }));
        if (this.url !== url || this.stop.signal.aborted) return void broker.close();
        this.broker = broker;
        this.returnsSeen = broker.returnCount();
        this.trouble = '';
        return this.options.onConnected(broker);
      } catch (error) {
        const text = messageOf(error);
        if (text !== told) note(`${text}; tries again`);
        told = text;
        this.trouble = text;
      }
      await delay(delayMs, undefined, { ref: false });
      delayMs = Math.min(delayMs * 2, RETRY_DELAY_MAX_MS);
    }
  }
}

/** Everything that the client throws; what the store itself misses is a LabsweepError. */
const isBrokerTrouble = (error: unknown) => (error as Error).name === 'NatsError';

/** What somebody may mend while a trial waits for it. */
function passes(error: unknown): boolean {
  return isDiskTrouble(error) || isBrokerTrouble(error);
}
