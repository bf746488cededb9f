// SPDX-License-Identifier: Apache-2.0
/**
 * What nats-server 2.9 does, as measured and written down in docs/ARCHITECTURE.md: a stored message
 * is acknowledged before the disk has it, the disk gets it every two minutes, a message id is known
 * for a while, consumers are given things twice, and a loss of power takes the newest messages and
 * the newest values of the key-value store without a word.
 */
import type { Machine, Process, World } from './world.js';

export interface StoredMessage {
  readonly sequence: number;
  readonly id: string;
  /** Of the entries in it: the id itself, where it holds one. */
  readonly entryIds: readonly string[];
  readonly text: string;
  /** By the clock of the broker's machine. */
  readonly atMs: number;
}

export interface KeyValue {
  readonly revision: number;
  readonly value: string;
  readonly atMs: number;
}

/** Errors with the codes of the client, by which the product tells them apart. */
const ERRORS = {
  away: { code: 'TIMEOUT' },
  full: { code: '503', api_error: { err_code: 10_077, description: 'maximum bytes exceeded' } },
  'no-stream': { code: '503' },
  overtaken: { code: '400', api_error: { err_code: 10_071, description: 'wrong last sequence' } },
};

export function brokerError(kind: keyof typeof ERRORS): Error {
  return Object.assign(new Error(kind), ERRORS[kind]);
}

/** A fifth of the true one, so that a run is shorter. */
const SYNC_INTERVAL_MS = 24_000;

export class BrokerModel {
  process: Process;
  full = false;
  /** The stream was made and not deleted. */
  exists = false;
  messages: StoredMessage[] = [];
  lastSequence = 0;
  /** Up to here the disk has it. */
  durableSequence = 0;
  /** Raised whenever entries went away, so that a reader knows that sequences were used twice. */
  losses = 0;
  /** How often the stream was deleted. */
  deletions = 0;
  /** How often the server was started again; a client sees that its connection came back. */
  starts = 0;
  /** Of the key-value store, which is a stream like the other. */
  revision = 0;
  private hasBucket = false;
  private durableKeys = { revision: 0, values: new Map<string, KeyValue>() };
  private values = new Map<string, KeyValue>();
  /** As the server remembers them, of the newest entry with each id. */
  private readonly ids = new Map<string, { sequence: number; atMs: number }>();
  /** Of the oldest message with an entry of each id. */
  private readonly firstSequences = new Map<string, number>();
  private readonly readers = new Set<() => void>();

  constructor(
    private readonly world: World,
    readonly machine: Machine,
    private readonly wallClockMs: () => number,
    private readonly duplicateWindowMs: number,
  ) {
    this.process = { name: 'broker', machine, alive: true, stoppedUntilMs: 0 };
    this.syncOften();
  }

  create(): void {
    this.exists = true;
  }

  /** Returns the sequence of the message; throws what a client is told. */
  store(id: string, text: string, entryIds: readonly string[] = [id]): number {
    if (!this.exists) throw brokerError('no-stream');
    const atMs = this.wallClockMs();
    const known = this.ids.get(id);
    // A clock that goes back makes the window longer, one that goes on shorter.
    if (known !== undefined && atMs - known.atMs <= this.duplicateWindowMs) {
      this.world.count('broker: entry stored once, published again');
      return known.sequence;
    }
    if (known !== undefined) this.world.count('broker: entry stored twice');
    if (this.full) throw brokerError('full');
    this.lastSequence += 1;
    const sequence = this.lastSequence;
    this.messages.push({ sequence, id, entryIds, text, atMs });
    this.ids.set(id, { sequence, atMs });
    for (const each of entryIds) {
      if (!this.firstSequences.has(each)) this.firstSequences.set(each, sequence);
    }
    for (const wake of this.readers) wake();
    return sequence;
  }

  /** The log has an entry with that id. */
  holds(id: string): boolean {
    return this.firstSequences.has(id);
  }

  /** An entry with that id would survive a loss of power. */
  isDurable(id: string): boolean {
    return (this.firstSequences.get(id) ?? Number.POSITIVE_INFINITY) <= this.durableSequence;
  }

  /** `wake` is called after each change of the stream. Returns how to stop that. */
  onChange(wake: () => void): () => void {
    this.readers.add(wake);
    return () => this.readers.delete(wake);
  }

  /** What the store has from that sequence on, oldest first. */
  from(sequence: number): readonly StoredMessage[] {
    if (!this.exists) return [];
    const first = this.messages[0]?.sequence ?? 0;
    return this.messages.slice(Math.max(0, sequence - first));
  }

  /** Of the key-value store; true when it was not there. It was synced when it was made. */
  makeBucket(): boolean {
    const isMade = !this.hasBucket;
    this.hasBucket = true;
    return isMade;
  }

  get(key: string): KeyValue | undefined {
    return this.values.get(key);
  }

  /** Stores a value behind this revision (0: none); returns its own, or undefined. */
  compareAndSet(key: string, value: string, expected: number): number | undefined {
    if ((this.values.get(key)?.revision ?? 0) !== expected) return undefined;
    if (this.full) throw brokerError('full');
    this.revision += 1;
    this.values.set(key, { revision: this.revision, value, atMs: this.wallClockMs() });
    return this.revision;
  }

  delete(key: string): void {
    this.revision += 1;
    this.values.delete(key);
  }

  /**
   * Another party has synced the files, with all that was in them when the log had that end and had
   * lost something so often.
   */
  syncTo(sequence: number, losses: number): void {
    if (losses !== this.losses) return;
    this.durableSequence = Math.max(this.durableSequence, sequence);
    this.syncKeys();
  }

  /** The server's own timer. */
  private syncAll(): void {
    this.durableSequence = this.lastSequence;
    this.syncKeys();
  }

  private syncKeys(): void {
    this.durableKeys = { revision: this.revision, values: new Map(this.values) };
  }

  /** Killed, and started again later: the page cache survives. */
  kill(): void {
    this.process.alive = false;
  }

  /** The power went: what the disk does not have is gone. */
  losePower(): void {
    this.process.alive = false;
    this.forgetUnsynced();
    this.revision = this.durableKeys.revision;
    this.values = new Map(this.durableKeys.values);
  }

  start(): void {
    this.starts += 1;
    this.process = { name: 'broker', machine: this.machine, alive: true, stoppedUntilMs: 0 };
    this.syncOften();
    for (const wake of this.readers) wake();
  }

  /** Somebody deleted the stream. What the disk had of it is all that can be brought back. */
  hideStream(): void {
    this.exists = false;
    this.deletions += 1;
    this.forgetUnsynced();
    for (const wake of this.readers) wake();
  }

  restoreStream(): void {
    this.exists = true;
    for (const wake of this.readers) wake();
  }

  private forgetUnsynced(): void {
    if (this.lastSequence > this.durableSequence) this.losses += 1;
    this.messages = this.messages.filter(({ sequence }) => sequence <= this.durableSequence);
    this.lastSequence = this.durableSequence;
    for (const [id, { sequence }] of this.ids) {
      if (sequence > this.lastSequence) this.ids.delete(id);
    }
    for (const [id, sequence] of this.firstSequences) {
      if (sequence > this.lastSequence) this.firstSequences.delete(id);
    }
  }

  private syncOften(): void {
    const sync = () => {
      this.syncAll();
      this.world.after(SYNC_INTERVAL_MS, sync, this.process);
    };
    this.world.after(this.world.between('broker', 0, SYNC_INTERVAL_MS), sync, this.process);
  }
}
