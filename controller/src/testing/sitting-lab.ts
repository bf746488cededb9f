// SPDX-License-Identifier: Apache-2.0
/**
 * A sitting with a broker in memory, for tests of how it begins and ends. Requests for the lock,
 * and the delivery of the log, can be held up; time is real.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type {
  Broker,
  LogEntry,
  LogMessage,
  LogPlace,
  ReignEntry,
  ReignRecord,
} from '@labsweep/proto';
import { LogWriter } from '../io/log-writer.js';
import type { StoreSync } from '../io/store-sync.js';
import { monotonicMs, sleep } from '../io/waiting.js';
import { LockMemory } from '../reign/lock-memory.js';
import { Sitting } from '../sitting.js';
import { SweepLoop } from '../sweep-loop.js';

const POLL_INTERVAL_MS = 2;
const OWN_PROCESS = { bootId: 'boot', pidNamespace: '-', pid: 1, startedAtTicks: '1' };

export class SittingLab {
  readonly stop = new AbortController();
  /** What the gate was told, in order. */
  readonly gate: string[] = [];
  readonly notes: string[] = [];
  createdAt = 'first';
  logLength = 0;
  /** What the log holds; what is not here cannot be read. */
  entries: readonly LogEntry[] = [];
  loop: SweepLoop | undefined;
  /** False: the log hands nothing out. */
  delivers = true;
  lock: ReignEntry | undefined;
  /** False: requests for the lock wait. */
  answers = true;
  writesBegun = 0;
  checkStore: (createdAt: string) => Promise<void> = async () => {};
  ready = 0;
  /** Lives longer than a sitting. */
  readonly writer = new LogWriter({
    log: { append: async () => this.logLength },
    monotonicMs,
    sleep,
    onTrouble: () => {},
    note: (text) => void this.notes.push(text),
    signal: this.stop.signal,
  });

  newSitting(): Sitting {
    const broker = this.broker();
    const { signal } = this.stop;
    const note = (text: string) => void this.notes.push(text);
    const store = { check: (at: string) => this.checkStore(at), sync: async () => {} };
    return new Sitting({
      broker,
      natsUrl: 'nats://127.0.0.1:1',
      gate: {
        open: () => this.gate.push('open'),
        shut: (reason) => this.gate.push(reason),
      },
      writer: this.writer,
      store: store as unknown as StoreSync,
      syncDelayMs: 0,
      contender: { session: 'own', address: 'own:1', hostName: 'own', process: OWN_PROCESS },
      lockMemory: new LockMemory(),
      cacheDirectory: '/nowhere',
      newLoop: (ports) => {
        this.loop = new SweepLoop(ports);
        return this.loop;
      },
      note,
      onReady: () => {
        this.ready += 1;
      },
      signal,
    });
  }

  /** Waits until it is so; a test that waits in vain runs into its own limit. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await delay(POLL_INTERVAL_MS);
  }

  private broker(): Broker {
    const log = {
      head: async () => ({ lastSequence: this.logLength, createdAt: this.createdAt }),
      holds: async ({ sequence }: LogPlace) => sequence <= this.logLength,
      followBatches: (signal: AbortSignal, first = 1) => this.follow(signal, first),
    };
    const reign = {
      isNew: true,
      read: async () => this.lock,
      write: (record: ReignRecord, previous: number) => this.write(record, previous),
    };
    const zero = () => 0;
    const connection = { lostSinceMs: () => undefined, lossCount: zero, returnCount: zero };
    return { log, reign, artifacts: {}, ...connection } as unknown as Broker;
  }

  private async write(record: ReignRecord, previous: number): Promise<number> {
    this.writesBegun += 1;
    await this.until(() => this.answers);
    if ((this.lock?.revision ?? 0) !== previous) throw new Error('wrong last sequence');
    this.lock = { revision: previous + 1, storedAtMs: Date.now(), record };
    return previous + 1;
  }

  private async *follow(signal: AbortSignal, first: number): AsyncGenerator<LogMessage[]> {
    let next = first;
    while (!signal.aborted) {
      if (this.delivers && next <= this.logLength) {
        const entry = this.entries[next - 1];
        const malformed = entry === undefined ? ['of no matter here'] : [];
        const entries = entry === undefined ? [] : [entry];
        yield [{ sequence: next, storedAtMs: next, entries, malformed }];
        next += 1;
      } else await delay(POLL_INTERVAL_MS);
    }
  }
}
