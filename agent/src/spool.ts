// SPDX-License-Identifier: Apache-2.0
/**
 * Outcomes on this host's disk until the controller says that they are settled: each is synced
 * before it is published, so that neither a killed agent nor a lost broker loses a measurement.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  formatLogEntry,
  messageIdOf,
  parseLogEntry,
  type Sha256,
  sha256Of,
  type TrialEnded,
} from '@labsweep/proto';

/** What the other parts of an agent need of it. */
export interface OutcomeSpool {
  add(entry: TrialEnded, artifacts: readonly Uint8Array[]): Promise<void>;
  has(messageId: string): boolean;
  unsettled(): readonly TrialEnded[];
  artifact(sha256: Sha256): Promise<Uint8Array | undefined>;
  settle(messageId: string): Promise<void>;
}

export class Spool implements OutcomeSpool {
  /** Message id -> entry, in the order in which they were spooled. */
  private readonly entries = new Map<string, TrialEnded>();
  /** Changes come one after the other: one entry's evidence may be another's, too. */
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(private readonly directory: string) {}

  /** Opens the spool and reads what an earlier agent left in it. A half-written file is removed. */
  static async open(directory: string): Promise<Spool> {
    await mkdir(join(directory, 'artifacts'), { recursive: true });
    const spool = new Spool(directory);
    const names = await readdir(directory);
    const read: TrialEnded[] = [];
    for (const name of names) {
      if (name.endsWith('.tmp')) await rm(join(directory, name));
      if (!name.endsWith('.json')) continue;
      const entry = parseLogEntry(await readFile(join(directory, name), 'utf8'));
      if (entry.type === 'trial-ended') read.push(entry);
    }
    read.sort((a, b) => a.startedAtMs - b.startedAtMs);
    for (const entry of read) spool.entries.set(messageIdOf(entry), entry);
    return spool;
  }

  /** Keeps the entry and its evidence; both are on the disk when this settles. */
  add(entry: TrialEnded, artifacts: readonly Uint8Array[]): Promise<void> {
    return this.inTurn(async () => {
      for (const bytes of artifacts) await this.write(this.artifactPath(sha256Of(bytes)), bytes);
      const id = messageIdOf(entry);
      await this.write(this.entryPath(id), formatLogEntry(entry));
      this.entries.set(id, entry);
    });
  }

  has(messageId: string): boolean {
    return this.entries.has(messageId);
  }

  unsettled(): readonly TrialEnded[] {
    return [...this.entries.values()];
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
      const entry = this.entries.get(messageId);
      if (entry === undefined) return;
      this.entries.delete(messageId);
      await rm(this.entryPath(messageId), { force: true });
      const needed = new Set(this.unsettled().flatMap((other) => evidenceOf(other)));
      for (const sha256 of evidenceOf(entry)) {
        if (!needed.has(sha256)) await rm(this.artifactPath(sha256), { force: true });
      }
    });
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

  private async write(path: string, content: Uint8Array | string): Promise<void> {
    const file = await open(`${path}.tmp`, 'w');
    await file.writeFile(content);
    await file.sync();
    await file.close();
    await rename(`${path}.tmp`, path);
    // The name itself is durable only once its directory is synced.
    const directory = await open(join(path, '..'), 'r');
    await directory.sync();
    await directory.close();
  }
}

/** The artifacts an entry refers to. */
export function evidenceOf(entry: TrialEnded): Sha256[] {
  const { console: serialLog, output, dump } = entry.evidence;
  return [serialLog, output, dump].filter((sha256) => sha256 !== undefined);
}
