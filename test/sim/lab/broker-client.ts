// SPDX-License-Identifier: Apache-2.0
/**
 * One process's connection to the broker model, with the promises that the real connection gives:
 * a request that gets no answer fails after five seconds although it may have been carried out, and
 * a consumer hands the log out in order from where it stands, some of it twice.
 */
import { formatLogEntry, type LogEntry, messageIdOf, parseLogEntry } from '@labsweep/proto';
import type { BrokerModel } from '../machine/broker-model.js';
import type { Wire } from '../machine/wire.js';
import type { Process, World } from '../machine/world.js';

const REQUEST_LIMIT_MS = 5_000;
const APPEND_ATTEMPTS_MAX = 5;
const LATENCY_MS_MAX = 30;
/** Of requests, and of answers. */
const LOST_CHANCE = 0.01;
const REPEATED_CHANCE = 0.03;
/** How far back a consumer goes when it hands things out again. */
const REPEATED_COUNT_MAX = 20;

/** Faults of the network to the broker stop with the others. */
export interface BrokerNetwork {
  readonly world: World;
  readonly wire: Wire;
  readonly broker: BrokerModel;
  faulty: boolean;
}

export interface Delivered {
  readonly sequence: number;
  readonly entry: LogEntry;
  readonly atMs: number;
}

export class BrokerClient {
  constructor(
    private readonly network: BrokerNetwork,
    private readonly process: Process,
  ) {}

  /** As `OutcomeLog.append` of the product: repeated under one message id, then given up. */
  async append(entry: LogEntry): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { broker } = this.network;
        return await this.request(() => broker.store(messageIdOf(entry), formatLogEntry(entry)));
      } catch (error) {
        if (attempt === APPEND_ATTEMPTS_MAX) throw error;
      }
    }
  }

  /** The sequence of the newest message. Throws when there is no stream. */
  lastSequence(): Promise<number> {
    const { broker } = this.network;
    return this.request(() => {
      if (!broker.exists) throw new Error('stream not found');
      return broker.lastSequence;
    });
  }

  /** Asks the broker something; `run` happens there. Rejects as the broker or the network says. */
  request<Result>(run: () => Result): Promise<Result> {
    const { world, broker } = this.network;
    const client = this.process;
    return new Promise((resolve, reject) => {
      const limit = world.after(REQUEST_LIMIT_MS, () => reject(new Error('TIMEOUT')), client);
      const answer = (settle: () => void) => {
        if (this.isLost()) return;
        const arrive = () => {
          if (limit.cancelled) return;
          limit.cancelled = true;
          settle();
        };
        world.after(this.latency(), arrive, client);
      };
      if (this.isLost() || !broker.process.alive) return;
      const serve = () => {
        try {
          const result = run();
          answer(() => resolve(result));
        } catch (error) {
          answer(() => reject(error as Error));
        }
      };
      world.after(this.latency(), serve, broker.process);
    });
  }

  /** Hands out the log from a sequence on. Returns how to stop. */
  follow(fromSequence: number, take: (message: Delivered) => void): () => void {
    const { world, broker } = this.network;
    let next = fromSequence;
    let stopped = false;
    let underWay = false;
    const pump = () => {
      if (stopped || underWay || !broker.process.alive || !this.process.alive) return;
      const fresh = broker.from(next);
      if (fresh.length === 0) return;
      underWay = true;
      const { losses } = broker;
      const deliver = () => {
        underWay = false;
        if (stopped) return;
        // What was under way when the broker lost it has been read by then, for good or ill.
        for (const { sequence, text, atMs } of [...this.repeated(next), ...fresh]) {
          take({ sequence, entry: parseLogEntry(text), atMs });
          if (losses === broker.losses) next = Math.max(next, sequence + 1);
        }
        pump();
      };
      // A connection that is cut delivers later.
      const delayMs = this.isCut() ? REQUEST_LIMIT_MS : this.latency();
      world.after(delayMs, deliver, this.process);
    };
    const unsubscribe = broker.onChange(pump);
    pump();
    return () => {
      stopped = true;
      unsubscribe();
    };
  }

  private repeated(before: number) {
    const { world, broker, faulty } = this.network;
    if (!faulty || !world.chance('broker', REPEATED_CHANCE)) return [];
    const count = world.between('broker', 1, REPEATED_COUNT_MAX);
    return broker.from(Math.max(1, before - count)).filter(({ sequence }) => sequence < before);
  }

  private isLost(): boolean {
    const { world, faulty } = this.network;
    return this.isCut() || (faulty && world.chance('broker', LOST_CHANCE));
  }

  private isCut(): boolean {
    return this.network.wire.isCut(this.process, this.network.broker.process);
  }

  private latency(): number {
    return this.network.world.between('broker', 0, LATENCY_MS_MAX);
  }
}
