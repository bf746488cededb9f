// SPDX-License-Identifier: Apache-2.0
/**
 * One process's connection to the broker model, in the shape of the product's own `Broker`, with
 * the promises that the real one gives: a request without an answer fails after its time although
 * it may have been carried out, a consumer hands the log out in order from where it stands, some of
 * it twice, and says nothing when the log has lost its end.
 */
import {
  type Broker,
  type EntryText,
  entryLinesOf,
  entryTextOf,
  type FoldEntry,
  idOfEntries,
  type LogEntry,
  type LogMessage,
  type LogPlace,
  type ReadEntries,
  type ReignEntry,
  readFoldEntryLines,
} from '@labsweep/proto';
import type { BrokerModel, StoredMessage } from '../machine/broker-model.js';
import { brokerError } from '../machine/broker-model.js';
import type { Wire } from '../machine/wire.js';
import type { Process, World } from '../machine/world.js';

const REQUEST_LIMIT_MS = 5_000;
const REIGN_LIMIT_MS = 1_500;
const APPEND_ATTEMPTS_MAX = 5;
const LATENCY_MS_MAX = 30;
/** Of requests, and of answers. */
const LOST_CHANCE = 0.01;
const REPEATED_CHANCE = 0.03;
/** How long a client may not know that its consumer is gone. */
const GONE_MS_MAX = 3_000;
/** How far back a consumer goes when it hands things out again. */
const REPEATED_COUNT_MAX = 20;
const REIGN_KEY = 'reigning';

interface ConsumeEvents {
  take(message: StoredMessage): void;
  gone(): void;
}

/** Faults of the network to the broker stop with the others. */
export interface BrokerNetwork {
  readonly world: World;
  readonly wire: Wire;
  readonly broker: BrokerModel;
  faulty: boolean;
}

export class SimBroker {
  private readonly model: BrokerModel;
  private madeBucket = false;

  constructor(
    private readonly network: BrokerNetwork,
    private readonly process: Process,
  ) {
    this.model = network.broker;
  }

  /** For code of the product that is handed a connection. */
  asBroker(): Broker {
    const { world } = this.network;
    const artifacts = { put: () => world.sleep(1), get: () => world.sleep(1) };
    const log = {
      append: (entry: LogEntry, attemptsMax?: number) =>
        this.append([entryTextOf(entry)], attemptsMax),
      appendTexts: (entries: readonly EntryText[], attemptsMax?: number) =>
        this.append(entries, attemptsMax),
      head: () => this.head(),
      lastSequence: async () => (await this.head()).lastSequence,
      holds: (place: LogPlace) => this.holds(place),
      followBatches: (signal: AbortSignal, first?: number) => this.followBatches(signal, first),
    };
    const own = this;
    const reign = {
      get isNew() {
        return own.madeBucket;
      },
      read: () => this.readReign(),
      write: (record: unknown, previous: number) => this.writeReign(record, previous),
    };
    const lostSinceMs = () => undefined;
    const lossCount = () => this.model.starts;
    const returnCount = lossCount;
    const closed = new Promise<never>(() => {});
    const connection = { lostSinceMs, lossCount, returnCount, close: async () => {}, closed };
    return { log, artifacts, reign, ...connection } as unknown as Broker;
  }

  private async append(
    entries: readonly EntryText[],
    attemptsMax = APPEND_ATTEMPTS_MAX,
  ): Promise<number> {
    const [text, ids] = [entryLinesOf(entries), entries.map(({ id }) => id)];
    if (ids.length > 1) this.network.world.count('broker: several outcomes in one message');
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.request(() => this.model.store(idOfEntries(entries), text, ids));
      } catch (error) {
        if (attempt >= attemptsMax) throw error;
      }
    }
  }

  private head(): Promise<{ lastSequence: number; createdAt: string }> {
    return this.request(() => {
      if (!this.model.exists) throw brokerError('no-stream');
      return { lastSequence: this.model.lastSequence, createdAt: 'once' };
    });
  }

  private holds(place: LogPlace): Promise<boolean> {
    if (place.sequence === 0) return Promise.resolve(true);
    return this.request(() => {
      if (!this.model.exists) throw brokerError('no-stream');
      const [stored] = this.model.from(place.sequence);
      return stored?.sequence === place.sequence && stored.atMs === place.storedAtMs;
    });
  }

  private async readReign(): Promise<ReignEntry | undefined> {
    this.madeBucket = false;
    const read = () => ({
      isMade: this.model.makeBucket() && this.model.lastSequence === 0,
      known: this.model.get(REIGN_KEY),
    });
    const { isMade, known } = await this.request(read, REIGN_LIMIT_MS);
    this.madeBucket = isMade;
    if (known === undefined) return undefined;
    const { revision, value, atMs } = known;
    return { revision, storedAtMs: atMs, record: JSON.parse(value) };
  }

  private writeReign(record: unknown, previous: number): Promise<number> {
    return this.request(() => {
      const revision = this.model.compareAndSet(REIGN_KEY, JSON.stringify(record), previous);
      if (revision === undefined) throw brokerError('overtaken');
      return revision;
    }, REIGN_LIMIT_MS);
  }

  /** Asks the broker something; `run` happens there. Rejects as the broker or the network says. */
  private request<Result>(run: () => Result, limitMs = REQUEST_LIMIT_MS): Promise<Result> {
    const { world } = this.network;
    const server = this.model.process;
    return new Promise((resolve, reject) => {
      const limit = world.after(limitMs, () => reject(brokerError('away')), this.process);
      const answer = (settle: () => void) => {
        if (this.isLost()) return;
        const arrive = () => {
          if (limit.cancelled) return;
          limit.cancelled = true;
          settle();
        };
        world.after(this.latency(), arrive, this.process);
      };
      if (this.isLost() || !server.alive) return;
      const serve = () => {
        try {
          const result = run();
          answer(() => resolve(result));
        } catch (error) {
          answer(() => reject(error as Error));
        }
      };
      world.after(this.latency(), serve, server);
    });
  }

  private async *followBatches(
    signal: AbortSignal,
    firstSequence = 1,
  ): AsyncGenerator<readonly LogMessage<FoldEntry>[]> {
    const arrived: StoredMessage[] = [];
    let wake = () => {};
    let isGone = false;
    const stop = this.consume(firstSequence, {
      take: (message) => {
        arrived.push(message);
        wake();
      },
      gone: () => {
        isGone = true;
        wake();
      },
    });
    const onAbort = () => wake();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      while (!signal.aborted) {
        if (isGone) return;
        const next = arrived.shift();
        if (next === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else {
          const { sequence, atMs } = next;
          yield [{ sequence, storedAtMs: atMs, ...readOnce(next) }];
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      stop();
    }
  }

  /**
   * Hands out the log from a sequence on. A consumer goes with its stream, which the client learns
   * after a while. Returns how to stop.
   */
  private consume(fromSequence: number, { take, gone }: ConsumeEvents): () => void {
    const { world } = this.network;
    const { deletions } = this.model;
    let next = fromSequence;
    let stopped = false;
    let underWay = false;
    const pump = () => {
      if (this.model.deletions !== deletions) {
        if (!stopped) world.after(world.between('broker', 0, GONE_MS_MAX), gone, this.process);
        stopped = true;
      }
      if (stopped || underWay || !this.model.process.alive || !this.process.alive) return;
      const fresh = this.model.from(next);
      if (fresh.length === 0) return;
      underWay = true;
      const { losses } = this.model;
      const deliver = () => {
        underWay = false;
        if (stopped) return;
        // What was under way when the broker lost it has left it all the same.
        for (const message of [...this.repeated(next), ...fresh]) {
          take(message);
          if (losses === this.model.losses) next = Math.max(next, message.sequence + 1);
        }
        pump();
      };
      // A connection that is cut delivers later.
      world.after(this.isCut() ? REQUEST_LIMIT_MS : this.latency(), deliver, this.process);
    };
    const unsubscribe = this.model.onChange(pump);
    pump();
    return () => {
      stopped = true;
      unsubscribe();
    };
  }

  private repeated(before: number): readonly StoredMessage[] {
    const { world, faulty } = this.network;
    if (!faulty || !world.chance('broker', REPEATED_CHANCE)) return [];
    const count = world.between('broker', 1, REPEATED_COUNT_MAX);
    world.count('broker: entries delivered again');
    return this.model.from(Math.max(1, before - count)).filter(({ sequence }) => sequence < before);
  }

  private isLost(): boolean {
    const { world, faulty } = this.network;
    const isLost = faulty && world.chance('broker', LOST_CHANCE);
    if (isLost) world.count('broker: request or answer lost');
    return isLost || this.isCut();
  }

  private isCut(): boolean {
    return this.network.wire.isCut(this.process, this.model.process);
  }

  private latency(): number {
    return this.network.world.between('broker', 0, LATENCY_MS_MAX);
  }
}

/** Every follower reads every entry; what it reads is the same, and nobody changes it. */
const read = new WeakMap<StoredMessage, ReadEntries<FoldEntry>>();

function readOnce(message: StoredMessage): ReadEntries<FoldEntry> {
  const known = read.get(message);
  if (known !== undefined) return known;
  const fresh = readFoldEntryLines(message.text);
  read.set(message, fresh);
  return fresh;
}
