// SPDX-License-Identifier: Apache-2.0
/**
 * Artifacts of the object store as local files by sha256, so that a kernel crosses the wire once.
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type ArtifactStore, inTime, type Sha256 } from '@labsweep/proto';
import { isIntact, MARKS_FOLDER } from './checked-file.js';

/** Beyond this many files the least recently used go; a kernel image has about 15 MiB. */
const FILES_MAX = 100;

/** A file that was whole a moment ago is not looked at again: trials follow each other quickly. */
const CHECK_INTERVAL_MS = 5_000;

/** What has not come after this time hangs; whoever comes next begins anew. */
export const FETCH_LIMIT_MS = 9 * 60_000;

/** Both by path, for all agents of the process. */
const making = new Map<string, Promise<void>>();
const checkedAtMs = new Map<string, number>();

export class ArtifactCache {
  private readonly prefix: string;

  constructor(
    readonly directory: string,
    private readonly fetchLimitMs = FETCH_LIMIT_MS,
  ) {
    this.prefix = join(directory, sep);
  }

  /** As `path`, where the file was found whole a moment ago; else undefined. */
  knownPath(sha256: Sha256): string | undefined {
    const path = this.pathOf(sha256);
    const lastMs = checkedAtMs.get(path) ?? Number.NEGATIVE_INFINITY;
    return performance.now() - lastMs < CHECK_INTERVAL_MS ? path : undefined;
  }

  /**
   * The path of a read-only, executable file with these bytes. Throws LabsweepError when the store
   * has it not, or does not bring it.
   */
  async path(sha256: Sha256, store: ArtifactStore): Promise<string> {
    const known = this.knownPath(sha256);
    if (known !== undefined) return known;
    const path = this.pathOf(sha256);
    // Agents of one process that want the same file at once look and fetch once.
    let running = making.get(path);
    if (running === undefined) {
      // Each of those who wait may have left by its own signal.
      const keepsProcess = false;
      const limit = { limitMs: this.fetchLimitMs, what: `the fetch of ${sha256}`, keepsProcess };
      const work = inTime(this.make(path, sha256, store), limit);
      running = work.finally(() => making.delete(path));
      making.set(path, running);
    }
    await running;
    return path;
  }

  /** `join` for each file of each trial would cost more than the rest of `knownPath`. */
  private pathOf(sha256: Sha256): string {
    return `${this.prefix}${sha256}`;
  }

  private async make(path: string, sha256: Sha256, store: ArtifactStore): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    if (await isIntact(path, sha256)) checkedAtMs.set(path, performance.now());
    else await this.fetchInto(path, sha256, store);
  }

  private async fetchInto(path: string, sha256: Sha256, store: ArtifactStore): Promise<void> {
    const temporary = `${path}.${randomUUID()}.tmp`;
    const bytes = await store.get(sha256);
    try {
      await writeFile(temporary, bytes);
      await chmod(temporary, 0o555);
      await rename(temporary, path);
    } catch (error) {
      // On a full disk half a file is in the way of everything else.
      await rm(temporary, { force: true });
      throw error;
    }
    await this.prune();
  }

  private async prune(): Promise<void> {
    const all = await readdir(this.directory);
    const names = all.filter((name) => name !== MARKS_FOLDER);
    if (names.length <= FILES_MAX) return;
    const paths = names.map((name) => join(this.directory, name));
    const usedMs = await Promise.all(paths.map(mtimeMsOf));
    const byAge = paths.map((path, index) => ({ path, usedMs: usedMs[index] ?? 0 }));
    byAge.sort((a, b) => a.usedMs - b.usedMs);
    for (const { path } of byAge.slice(0, names.length - FILES_MAX))
      await rm(path, { force: true });
  }
}

/** 0 for a file that another agent has just removed. */
async function mtimeMsOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.mtimeMs ?? 0;
}
