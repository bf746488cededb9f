// SPDX-License-Identifier: Apache-2.0
/**
 * Outcomes on this host's disk that the controller has not settled yet, each in a file of its own,
 * with their evidence. A disk that is full or fails makes it wait, and loses nothing.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, type Note, parseLogEntry, type Sha256, sha256Of } from '@labsweep/proto';
import { explainDiskTrouble, isDiskTrouble, writeDurably } from './io/durable-file.js';
import { type SpoolEntry, spoolEntryOf } from './spool-entry.js';

/** What the other parts of an agent need of it. */
export interface OutcomeSpool {
  /** Why it cannot take more, for people; empty or absent when it can. */
  readonly trouble?: string;
  /**
   * Keeps the entry and its evidence; both are on the disk when this settles. It waits for room on
   * the disk, and rejects with the signal's reason when that fires first.
   */
  add(entry: SpoolEntry, artifacts: readonly Uint8Array[], signal?: AbortSignal): Promise<void>;
  /** Settles once there is room for another outcome within the limits of the spool. */
  room?(signal: AbortSignal): Promise<void>;
  has(messageId: string): boolean;
  unsettled(): readonly SpoolEntry[];
  artifact(sha256: Sha256): Promise<Uint8Array | undefined>;
  settle(messageId: string): Promise<void>;
}

export interface SpoolLimits {
  readonly entriesMax: number;
  /** Of outcomes and evidence together. */
  readonly bytesMax: number;
}

/**
 * An agent says hello with the ids of all entries, which must fit into one message of gRPC (4 MB);
 * and it keeps the entries in memory.
 */
export const SPOOL_LIMITS: SpoolLimits = { entriesMax: 20_000, bytesMax: 256 * 1024 * 1024 };

export interface SpoolOptions {
  readonly limits?: SpoolLimits;
  readonly note?: Note;
  /** Between two tries to write to a disk in trouble. */
  readonly retryIntervalMs?: number;
}

interface Kept {
  readonly entry: SpoolEntry;
  readonly bytes: number;
}

/** Files that are no entries go into this folder of the spool. */
const SET_ASIDE = 'set-aside';
const RETRY_INTERVAL_MS = 1_000;
const ROOM_INTERVAL_MS = 200;

export class Spool implements OutcomeSpool {
  private diskTrouble = '';
  /** By message id, in the order in which they were spooled. */
  private readonly entries = new Map<string, Kept>();
  /** How many entries refer to an artifact. */
  private readonly uses = new Map<Sha256, number>();
  private bytes = 0;
  /** Changes come one after the other: one entry's evidence may be another's, too. */
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly directory: string,
    private readonly options: SpoolOptions,
  ) {}

  /**
   * Opens the spool and reads what an earlier agent left in it. Half-written files are removed, and
   * what cannot be understood is set aside with a note.
   */
  static async open(directory: string, options: SpoolOptions = {}): Promise<Spool> {
    await mkdir(join(directory, 'artifacts'), { recursive: true });
    const spool = new Spool(directory, options);
    const read: (Kept & { readonly startedAtMs: number })[] = [];
    for (const name of await readdir(directory)) {
      if (name.endsWith('.tmp')) await rm(join(directory, name), { force: true });
      if (!name.endsWith('.json')) continue;
      const kept = await spool.read(name);
      if (kept !== undefined) read.push(kept);
    }
    read.sort((a, b) => a.startedAtMs - b.startedAtMs);
    for (const { entry, bytes } of read) spool.keep({ entry, bytes });
    await spool.dropOrphans();
    return spool;
  }

  async add(
    entry: SpoolEntry,
    artifacts: readonly Uint8Array[],
    signal?: AbortSignal,
  ): Promise<void> {
    const { retryIntervalMs = RETRY_INTERVAL_MS } = this.options;
    for (;;) {
      try {
        await this.inTurn(() => this.store(entry, artifacts));
        this.setDiskTrouble('');
        return;
      } catch (error) {
        if (!isDiskTrouble(error)) throw error;
        // Nothing is lost: the outcome stays in memory until there is room.
        this.setDiskTrouble(
          `an outcome cannot be spooled: ${explainDiskTrouble(error, this.directory)}`,
        );
      }
      signal?.throwIfAborted();
      await delay(retryIntervalMs);
    }
  }

  async room(signal: AbortSignal): Promise<void> {
    const trouble = this.limitTrouble();
    if (trouble !== '') this.options.note?.(trouble);
    while (this.limitTrouble() !== '') {
      signal.throwIfAborted();
      await delay(ROOM_INTERVAL_MS);
    }
    if (trouble !== '') this.options.note?.(`over: ${trouble}`);
  }

  /** What somebody waits for now, or would if he came. */
  get trouble(): string {
    return this.diskTrouble === '' ? this.limitTrouble() : this.diskTrouble;
  }

  has(messageId: string): boolean {
    return this.entries.has(messageId);
  }

  unsettled(): readonly SpoolEntry[] {
    return [...this.entries.values()].map(({ entry }) => entry);
  }

  /**
   * The bytes of evidence that was added with an entry. Undefined when they are gone: then a loss
   * of power has brought back an entry that was settled, whose evidence the broker has.
   */
  async artifact(sha256: Sha256): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.artifactPath(sha256));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Drops a settled entry and its evidence, unless another entry has the same evidence. */
  settle(messageId: string): Promise<void> {
    return this.inTurn(async () => {
      const kept = this.entries.get(messageId);
      if (kept === undefined) return;
      await rm(this.entryPath(messageId), { force: true });
      this.entries.delete(messageId);
      this.bytes -= kept.bytes;
      for (const sha256 of kept.entry.evidence) {
        const uses = (this.uses.get(sha256) ?? 1) - 1;
        if (uses > 0) this.uses.set(sha256, uses);
        else {
          this.uses.delete(sha256);
          await rm(this.artifactPath(sha256), { force: true });
        }
      }
    });
  }

  private async store(entry: SpoolEntry, artifacts: readonly Uint8Array[]): Promise<void> {
    const { id, text } = entry;
    for (const bytes of artifacts) await writeDurably(this.artifactPath(sha256Of(bytes)), bytes);
    await writeDurably(this.entryPath(id), text);
    const sizes = artifacts.map(({ length }) => length);
    this.keep({ entry, bytes: sizes.reduce((sum, size) => sum + size, text.length) });
  }

  private keep(kept: Kept): void {
    const { id, evidence } = kept.entry;
    const old = this.entries.get(id);
    this.bytes += kept.bytes - (old?.bytes ?? 0);
    this.entries.set(id, kept);
    if (old !== undefined) return;
    for (const sha256 of evidence) {
      this.uses.set(sha256, (this.uses.get(sha256) ?? 0) + 1);
    }
  }

  private async read(name: string): Promise<(Kept & { startedAtMs: number }) | undefined> {
    const path = join(this.directory, name);
    try {
      const text = await readFile(path, 'utf8');
      const outcome = parseLogEntry(text);
      if (outcome.type !== 'trial-ended') throw new Error(`it holds an entry '${outcome.type}'`);
      const entry = spoolEntryOf(outcome);
      const bytes = text.length + (await this.evidenceBytes(entry));
      return { entry, bytes, startedAtMs: outcome.startedAtMs };
    } catch (error) {
      const aside = join(this.directory, SET_ASIDE);
      this.options.note?.(`${path} is set aside in ${aside}: ${messageOf(error)}`);
      try {
        await mkdir(aside, { recursive: true });
        await rename(path, join(aside, name));
      } catch (failed) {
        this.options.note?.(`${path} stays where it is: ${messageOf(failed)}`);
      }
      return undefined;
    }
  }

  /** As `store` counts it; an artifact that is gone takes no room. */
  private async evidenceBytes({ evidence }: SpoolEntry): Promise<number> {
    let bytes = 0;
    for (const sha256 of evidence) {
      const found = await stat(this.artifactPath(sha256)).catch(() => undefined);
      bytes += found?.size ?? 0;
    }
    return bytes;
  }

  /** Evidence of an outcome that never got as far as its own file. */
  private async dropOrphans(): Promise<void> {
    const folder = join(this.directory, 'artifacts');
    for (const name of await readdir(folder)) {
      if (!this.uses.has(name as Sha256)) await rm(join(folder, name), { force: true });
    }
  }

  private limitTrouble(): string {
    const { entriesMax, bytesMax } = this.options.limits ?? SPOOL_LIMITS;
    if (this.entries.size < entriesMax && this.bytes < bytesMax) return '';
    const mib = Math.round(this.bytes / 1024 / 1024);
    return `the spool has reached its limit: ${this.entries.size} outcomes, ${mib} MiB`;
  }

  private setDiskTrouble(text: string): void {
    if (text !== '' && this.diskTrouble === '') this.options.note?.(text);
    if (text === '' && this.diskTrouble !== '') this.options.note?.(`over: ${this.diskTrouble}`);
    this.diskTrouble = text;
  }

  private inTurn(change: () => Promise<void>): Promise<void> {
    const done = this.turn.then(change);
    // A change that fails tells whoever asked for it, and not the next one.
    this.turn = done.catch(() => {});
    return done;
  }

  private entryPath(messageId: string): string {
    // A message id holds slashes, and may be longer than a file name can be.
    const name = createHash('sha256').update(messageId).digest('hex');
    return join(this.directory, `${name}.json`);
  }

  private artifactPath(sha256: Sha256): string {
    return join(this.directory, 'artifacts', sha256);
  }
}
