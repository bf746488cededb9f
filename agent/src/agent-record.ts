// SPDX-License-Identifier: Apache-2.0
/**
 * What an agent knows of itself beyond the life of its process: the name of its state folder, the
 * latest reign it has obeyed, how far the broker acknowledged, the lease it holds.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isOutranked,
  type KnownReign,
  type Lease,
  messageOf,
  NO_REIGN,
  type Note,
  readControllerMessage,
  writeControllerMessage,
} from '@labsweep/proto';
import { writeDurably } from './io/durable-file.js';

/** What the other parts of an agent need of it. */
export interface AgentRecord {
  /** Names the state folder. */
  readonly instance: string;
  /** The latest reign that it has obeyed. */
  readonly seen: KnownReign;
  readonly acknowledgedSequence: number;
  /** The lease that an earlier process of this agent held, with the boot under which it did. */
  readonly left: { readonly lease: Lease; readonly bootId: string } | undefined;
  obeys(reign: KnownReign): void;
  acknowledged(sequence: number): void;
  /** Undefined for none. */
  holds(lease: Lease | undefined, bootId: string): void;
  /** All that was told is written, or cannot be; never throws. */
  close(): Promise<void>;
}

/** An agent that forgets all of it at its end, as one of many in a process. */
export function forgetfulRecord(instance: string): AgentRecord {
  const record = {
    instance,
    seen: NO_REIGN,
    acknowledgedSequence: 0,
    left: undefined,
    obeys: (reign: KnownReign) => {
      if (!isOutranked(reign, record.seen)) record.seen = reign;
    },
    acknowledged: (sequence: number) => {
      record.acknowledgedSequence = Math.max(record.acknowledgedSequence, sequence);
    },
    holds: () => {},
    close: async () => {},
  };
  return record;
}

const RECORD_NAME = 'agent.json';
const LEASE_NAME = 'lease.json';
/** The sequence moves with every outcome, and losing its newest moves costs a warning only. */
const SEQUENCE_INTERVAL_MS = 5_000;

interface Kept {
  readonly instance: string;
  term: number;
  reign: string;
  acknowledgedSequence: number;
}

export class StoredRecord implements AgentRecord {
  left: AgentRecord['left'];
  private writing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly directory: string,
    private readonly kept: Kept,
    private readonly note: Note,
  ) {}

  /** A file that cannot be understood is set aside, and the agent is a new one. */
  static async open(directory: string, note: Note): Promise<StoredRecord> {
    await mkdir(directory, { recursive: true });
    const known = await readKept(directory, RECORD_NAME, note, readRecordFile);
    const fresh = { instance: randomUUID(), ...NO_REIGN, acknowledgedSequence: 0 };
    const record = new StoredRecord(directory, known ?? fresh, note);
    record.left = await readKept(directory, LEASE_NAME, note, readLeaseFile);
    if (known === undefined) await record.save();
    return record;
  }

  get instance(): string {
    return this.kept.instance;
  }

  get seen(): KnownReign {
    const { term, reign } = this.kept;
    return { term, reign };
  }

  get acknowledgedSequence(): number {
    return this.kept.acknowledgedSequence;
  }

  obeys({ term, reign }: KnownReign): void {
    if (isOutranked({ term, reign }, this.seen)) return;
    if (term === this.kept.term && reign === this.kept.reign) return;
    this.kept.term = term;
    this.kept.reign = reign;
    void this.save();
  }

  acknowledged(sequence: number): void {
    if (sequence <= this.kept.acknowledgedSequence) return;
    this.kept.acknowledgedSequence = sequence;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.save();
    }, SEQUENCE_INTERVAL_MS);
  }

  /** Not synced: a lease outlives the process and never the boot, so the page cache will do. */
  holds(lease: Lease | undefined, bootId: string): void {
    const path = join(this.directory, LEASE_NAME);
    void this.inTurn(async () => {
      if (lease === undefined) return rm(path, { force: true });
      const wire = { ...writeControllerMessage({ kind: 'lease', lease }), body: 'lease' };
      await writeFile(`${path}.tmp`, JSON.stringify({ bootId, wire }));
      await rename(`${path}.tmp`, path);
    }, 'a restart would give the block back');
  }

  async close(): Promise<void> {
    if (this.timer !== undefined) {
      clearTimeout(this.timer);
      this.timer = undefined;
      void this.save();
    }
    await this.writing;
  }

  private save(): Promise<void> {
    const write = () => writeDurably(join(this.directory, RECORD_NAME), JSON.stringify(this.kept));
    return this.inTurn(write, 'it is kept in memory');
  }

  private inTurn(write: () => Promise<void>, otherwise: string): Promise<void> {
    this.writing = this.writing
      .then(write)
      .catch((error) => this.note(`${this.directory}: ${messageOf(error)}; ${otherwise}`));
    return this.writing;
  }
}

async function readKept<Value>(
  directory: string,
  name: string,
  note: Note,
  parse: (text: string) => Value,
): Promise<Value | undefined> {
  const path = join(directory, name);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch (error) {
    note(`${path} cannot be understood and is set aside as ${name}.damaged: ${messageOf(error)}`);
    await rename(path, `${path}.damaged`).catch(() => {});
    return undefined;
  }
}

function readRecordFile(text: string): Kept {
  const { instance, term, reign = '', acknowledgedSequence } = JSON.parse(text) as Partial<Kept>;
  if (typeof instance !== 'string' || instance === '') throw new Error('it names no instance');
  const sequence = countOf(acknowledgedSequence);
  return { instance, term: countOf(term), reign: String(reign), acknowledgedSequence: sequence };
}

function countOf(value: unknown): number {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value);
  throw new Error(`${value} is not a count`);
}

function readLeaseFile(text: string): NonNullable<AgentRecord['left']> {
  const { bootId, wire } = JSON.parse(text) as { bootId?: unknown; wire?: unknown };
  const message = readControllerMessage(wire);
  if (message.kind !== 'lease') throw new Error(`it holds a message '${message.kind}'`);
  return { bootId: String(bootId), lease: message.lease };
}
