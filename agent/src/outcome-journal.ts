// SPDX-License-Identifier: Apache-2.0
/**
 * The spool of many agents in one process: one file, in which all that comes together shares one
 * sync. A file for each outcome, as `Spool` has them, is easier to look into and costs two syncs.
 */
import { constants, type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type HostId, messageOf, type Note, parseLogEntry } from '@labsweep/proto';
import { explainDiskTrouble, isDiskTrouble } from './io/durable-file.js';
import type { OutcomeSpool } from './spool.js';
import { type SpoolEntry, spoolEntryOf } from './spool-entry.js';

/**
 * A write ends when it is on the disk. A sync of its own would be another turn of the event loop
 * for all who wait, and with many agents in it a turn takes longer than the disk.
 */
const APPEND_SYNCED = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_DSYNC;
/**
 * What comes within this time shares a write, and what is published behind it a packet: each is a
 * turn of threads, of the disk, of the broker and of the controller.
 */
const GATHER_MS = 10;
/** Where so many came, and more during the write, time is spent better in larger ones. */
const BUSY_ENTRIES = 24;
const GATHER_BUSY_MS = 40;
/** At this size, or twice what it began with, the file is written anew with what is not settled. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;
const RETRY_INTERVAL_MS = 1_000;
/** In front of the ids on a line about settled entries; an entry begins with a brace. */
const SETTLED = 'settled ';

interface Waiting {
  readonly line: string;
  done(): void;
  failed(error: unknown): void;
}

export class OutcomeJournal {
  trouble = '';
  /** By message id, in the order in which they were spooled. */
  readonly entries = new Map<string, SpoolEntry>();
  /** What an earlier process left, until the agent of that host takes it. */
  private readonly left = new Map<HostId, SpoolEntry[]>();
  private waiting: Waiting[] = [];
  private settled: string[] = [];
  private writing: Promise<void> | undefined;
  private size = 0;
  /** Beyond it the file is written anew. */
  private sizeMax = 0;

  private constructor(
    private readonly path: string,
    private file: FileHandle,
    private readonly note: Note,
    private readonly fileBytesMax: number,
  ) {}

  /** Reads what an earlier process left. A line that was being written when it died is dropped. */
  static async open(
    path: string,
    note: Note = () => {},
    fileBytesMax = FILE_BYTES_MAX,
  ): Promise<OutcomeJournal> {
    await mkdir(dirname(path), { recursive: true });
    const text = await readFile(path, 'utf8').catch(() => '');
    const journal = new OutcomeJournal(path, await open(path, APPEND_SYNCED), note, fileBytesMax);
    const hosts = new Map<string, HostId>();
    for (const line of text.split('\n')) journal.read(line, hosts);
    for (const [id, entry] of journal.entries) {
      const host = hosts.get(id);
      if (host === undefined) continue;
      const left = journal.left.get(host) ?? [];
      left.push(entry);
      journal.left.set(host, left);
    }
    await journal.rewrite();
    return journal;
  }

  /** The entry is on the disk when this settles. It waits while the disk is full. */
  async add(entry: SpoolEntry, signal?: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await this.append(entry.text);
        this.trouble = '';
        this.entries.set(entry.id, entry);
        return;
      } catch (error) {
        if (!isDiskTrouble(error)) throw error;
        this.trouble = `outcomes cannot be spooled: ${explainDiskTrouble(error, this.path)}`;
      }
      signal?.throwIfAborted();
      await delay(RETRY_INTERVAL_MS);
    }
  }

  /** Goes to the disk with the next outcome: losing it means no more than a publish too many. */
  settle(messageId: string): void {
    if (this.entries.delete(messageId)) this.settled.push(messageId);
  }

  /** Of this host, as an earlier process left it; once. */
  takeLeft(host: HostId): readonly SpoolEntry[] {
    const left = this.left.get(host) ?? [];
    this.left.delete(host);
    return left;
  }

  async close(): Promise<void> {
    await this.writing;
    await this.file.close();
  }

  private append(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ line, done: resolve, failed: reject });
      this.writing ??= this.write().finally(() => {
        this.writing = undefined;
      });
    });
  }

  /** Never throws: whoever waits is told. */
  private async write(): Promise<void> {
    let gatherMs = GATHER_MS;
    while (this.waiting.length > 0) {
      await delay(gatherMs);
      const batch = this.waiting;
      this.waiting = [];
      gatherMs = batch.length < BUSY_ENTRIES ? GATHER_MS : GATHER_BUSY_MS;
      const settled = this.settled;
      this.settled = [];
      try {
        const lines = batch.map(({ line }) => line);
        if (settled.length > 0) lines.push(`${SETTLED}${JSON.stringify(settled)}`);
        await this.writeLines(lines);
        for (const { done } of batch) done();
      } catch (error) {
        this.settled.push(...settled);
        for (const { failed } of batch) failed(error);
      }
    }
  }

  private async writeLines(lines: readonly string[]): Promise<void> {
    if (this.size > this.sizeMax) await this.rewrite();
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    try {
      await this.file.appendFile(bytes);
      this.size += bytes.length;
    } catch (error) {
      // Half a line would hide the whole one behind it.
      await this.file.truncate(this.size).catch(() => {});
      throw error;
    }
  }

  /** Leaves the old file in place until the new one is whole and on the disk. */
  private async rewrite(): Promise<void> {
    const temporary = `${this.path}.tmp`;
    await rm(temporary, { force: true });
    // Only now: whoever was told that its entry is on the disk has put it among the others by then.
    const lines = [...this.entries.values()].map(({ text }) => `${text}\n`);
    const bytes = Buffer.from(lines.join(''));
    const file = await open(temporary, APPEND_SYNCED);
    try {
      await file.appendFile(bytes);
      await rename(temporary, this.path);
    } catch (error) {
      await file.close();
      await rm(temporary, { force: true });
      throw error;
    }
    // From here on it is the file under the name, whatever becomes of the rest.
    const old = this.file;
    this.file = file;
    this.size = bytes.length;
    // With much that is not settled it would else be written anew for each outcome.
    this.sizeMax = Math.max(this.fileBytesMax, 2 * this.size);
    await old.close();
    await syncDirectory(dirname(this.path));
  }

  private read(line: string, hosts: Map<string, HostId>): void {
    if (line === '') return;
    try {
      if (line.startsWith(SETTLED)) {
        for (const id of JSON.parse(line.slice(SETTLED.length)) as string[]) {
          this.entries.delete(id);
        }
        return;
      }
      const outcome = parseLogEntry(line);
      if (outcome.type !== 'trial-ended') return;
      const entry = spoolEntryOf(outcome);
      this.entries.set(entry.id, entry);
      hosts.set(entry.id, outcome.host);
    } catch (error) {
      this.note(`a line of ${this.path} is dropped: ${messageOf(error)}`);
    }
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** What one agent sees of the journal. It keeps no evidence of its own. */
export class JournalSpool implements OutcomeSpool {
  private readonly own = new Map<string, SpoolEntry>();

  constructor(
    private readonly journal: OutcomeJournal,
    host: HostId,
  ) {
    for (const entry of journal.takeLeft(host)) this.own.set(entry.id, entry);
  }

  get trouble(): string {
    return this.journal.trouble;
  }

  async add(
    entry: SpoolEntry,
    artifacts: readonly Uint8Array[],
    signal?: AbortSignal,
  ): Promise<void> {
    if (artifacts.length > 0) throw new Error('the spool of a swarm keeps no evidence');
    await this.journal.add(entry, signal);
    this.own.set(entry.id, entry);
  }

  has(messageId: string): boolean {
    return this.own.has(messageId);
  }

  unsettled(): readonly SpoolEntry[] {
    return [...this.own.values()];
  }

  async artifact(): Promise<undefined> {
    return undefined;
  }

  async settle(messageId: string): Promise<void> {
    this.own.delete(messageId);
    this.journal.settle(messageId);
  }
}
