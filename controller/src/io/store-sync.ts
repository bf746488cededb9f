// SPDX-License-Identifier: Apache-2.0
/**
 * Brings what nats-server has acknowledged onto the disk: fsync on the newest block files of its
 * streams. The server writes each message into a block before it acknowledges it, and leaves the
 * sync to a timer; see docs/DURABILITY.md.
 */
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ARTIFACT_BUCKET,
  LabsweepError,
  LOG_STREAM,
  messageOf,
  REIGN_BUCKET,
} from '@labsweep/proto';
import { z } from 'zod';

/** An outcome is worth little without its evidence, and a term must not come again. */
const STREAMS = [LOG_STREAM, `OBJ_${ARTIFACT_BUCKET}`, `KV_${REIGN_BUCKET}`];
const ACCOUNT = '$G';
const BLOCK = /^(\d+)\.blk$/;

/**
 * A sync that failed with an I/O error. It outlives the reigns of a controller: the kernel has
 * dropped the pages, and whoever asks it again may be told that all is well.
 */
export interface SyncFailure {
  error?: Error;
}

const metaSchema = z.object({ Created: z.string() });

export class StoreSync {
  /** Per stream the number of the newest block that was synced; 0 before the first round. */
  private readonly newest = new Map<string, number>();

  /** `storeDirectory` is what nats-server was given with `-sd`. */
  constructor(
    private readonly storeDirectory: string,
    private readonly failure: SyncFailure = {},
  ) {}

  /**
   * Throws LabsweepError unless the folder holds the log that was made at `createdAt`: syncing the
   * files of another server would prove nothing.
   */
  async check(createdAt: string): Promise<void> {
    const path = join(this.streamFolder(LOG_STREAM), 'meta.inf');
    const hint = 'name the folder that nats-server was given as its store, or leave --store out';
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      throw new LabsweepError(`--store: ${messageOf(error)}; ${hint}`, { cause: error });
    }
    const found = metaSchema.parse(JSON.parse(text)).Created;
    if (Date.parse(found) === Date.parse(createdAt)) return;
    throw new LabsweepError(
      `--store: ${path} is of a log made at ${found}, that of the server was made at ${createdAt}; ${hint}`,
    );
  }

  /** All that was acknowledged before the call is on the disk when it settles. */
  async sync(): Promise<void> {
    if (this.failure.error !== undefined) throw this.failure.error;
    try {
      await Promise.all(STREAMS.map((stream) => this.syncStream(stream)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EIO') this.failure.error = error as Error;
      throw error;
    }
  }

  private async syncStream(stream: string): Promise<void> {
    const folder = join(this.streamFolder(stream), 'msgs');
    const names = await readdir(folder).catch(ifMissing);
    if (names === undefined) {
      if (stream !== LOG_STREAM) return;
      // The server may go on writing to a store that was moved away.
      throw new LabsweepError(
        `--store: ${folder} is gone, so nothing can be synced; move the store back, or start the ` +
          'controller anew with the folder that nats-server has now',
      );
    }
    const synced = this.newest.get(stream) ?? 0;
    const numbers = names.flatMap((name) => Number(BLOCK.exec(name)?.[1] ?? []));
    // The newest of the last round has grown, and the server never syncs one that it has left.
    await Promise.all(
      numbers
        .filter((number) => number >= synced)
        .map((number) => syncPath(join(folder, `${number}.blk`))),
    );
    const newest = Math.max(0, ...numbers);
    // A file is not there after a power loss before the folder that names it is on the disk.
    if (newest > synced) await this.syncFolders(stream);
    this.newest.set(stream, newest);
  }

  private async syncFolders(stream: string): Promise<void> {
    const folder = this.streamFolder(stream);
    const account = join(this.storeDirectory, 'jetstream', ACCOUNT);
    const files = ['meta.inf', 'meta.sum', 'msgs'].map((name) => join(folder, name));
    for (const path of [...files, folder, join(account, 'streams'), account]) await syncPath(path);
  }

  private streamFolder(stream: string): string {
    return join(this.storeDirectory, 'jetstream', ACCOUNT, 'streams', stream);
  }
}

/** A block may be removed between listing and opening: then there is nothing to keep of it. */
async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(ifMissing);
  if (handle === undefined) return;
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
