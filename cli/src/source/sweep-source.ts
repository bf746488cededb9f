// SPDX-License-Identifier: Apache-2.0
/**
 * Where a finished or running sweep can be had: a bundle, a folder, or a lab. What wants a sweep
 * asks here, and need not know which it is.
 */
import { stat } from 'node:fs/promises';
import {
  type Address,
  LabsweepError,
  type Sha256,
  type SweepId,
  UsageError,
} from '@labsweep/proto';
import { atRest } from '../at-rest.js';
import { readBundle } from '../bundle/read-bundle.js';
import { findFolder } from '../find-lab.js';
import { readRunningLab } from '../lab-record.js';
import { readRecord } from '../record/record-file.js';
import type { SweepLog } from '../record/sweep-log.js';
import { readMark, type SweepFolder } from '../sweep-folder.js';
import { withClient } from '../with-client.js';
import { watchOnce } from './watch-once.js';

export interface SourceOptions {
  /** A bundle, a folder, or the id of a sweep. */
  readonly sweep: string;
  readonly controller: readonly Address[] | undefined;
  readonly cacheDirectory: string;
}

export type SweepSource =
  | { readonly kind: 'bundle'; readonly path: string }
  | {
      readonly kind: 'lab';
      readonly controller: readonly Address[];
      readonly sweep: SweepId;
      /** Where its results are gathered, as far as that is known. */
      readonly folder?: string;
    }
  /** Nobody works there. */
  | { readonly kind: 'folder'; readonly folder: SweepFolder; readonly cacheDirectory: string }
  /** Results of a lab that was watched. */
  | { readonly kind: 'record'; readonly folder: string };

/** Throws UsageError for what is no sweep. */
export async function findSweep(options: SourceOptions): Promise<SweepSource> {
  const { sweep, controller, cacheDirectory } = options;
  const found = await stat(sweep).catch(() => undefined);
  if (found?.isFile() === true) return { kind: 'bundle', path: sweep };
  if (controller !== undefined) {
    const mark = await readMark(sweep);
    const record = mark ?? (await readRecord(sweep));
    const folder = record === undefined ? {} : { folder: sweep };
    const id = record?.sweep ?? (sweep as SweepId);
    // A sweep of a lab of its own is in no other, whatever else is asked of that one.
    if (mark?.runners === undefined) return { kind: 'lab', controller, sweep: id, ...folder };
  } else if ((await readMark(sweep)) === undefined && (await readRecord(sweep)) !== undefined) {
    return { kind: 'record', folder: sweep };
  }
  const folder = await findFolder(sweep);
  const running = await readRunningLab(folder.path);
  if (running === undefined) return { kind: 'folder', folder, cacheDirectory };
  return { kind: 'lab', controller: running, sweep: folder.sweep, folder: folder.path };
}

/** Throws UsageError for what cannot be read, LabsweepError and its kinds for the rest. */
export async function readSweep(source: SweepSource): Promise<SweepLog> {
  switch (source.kind) {
    case 'bundle':
      return readBundle(source.path);
    case 'lab':
      return withClient(source.controller, (client) =>
        watchOnce(client, source.sweep, { isAtRest: false }),
      );
    case 'folder':
      return (await readRecord(source.folder.path)) ?? readAtRest(source);
    case 'record':
      return mustHave(source.folder, await readRecord(source.folder));
  }
}

function mustHave(folder: string, log: SweepLog | undefined): SweepLog {
  if (log !== undefined) return log;
  throw new UsageError(`${folder} holds no record of a sweep`);
}

function readAtRest({ folder, cacheDirectory }: SweepSource & { readonly kind: 'folder' }) {
  if (folder.runners === undefined) {
    throw new UsageError(
      `${folder.path} holds no record of ${folder.sweep}, which is measured in another lab; name ` +
        'it by --controller HOST:PORT',
    );
  }
  return atRest(folder, cacheDirectory, (client) =>
    watchOnce(client, folder.sweep, { isAtRest: true }),
  );
}

/** Fetches by sha256 what the lab of a sweep keeps; rejects for what is gone. */
export type ArtifactFetch = (sha256: Sha256) => Promise<Uint8Array>;

/** Work with the artifacts of a sweep, for as long as its lab can be asked. */
export async function withArtifacts<Value>(
  source: Exclude<SweepSource, { readonly kind: 'bundle' }>,
  work: (fetch: ArtifactFetch, folder: string | undefined) => Promise<Value>,
): Promise<Value> {
  if (source.kind === 'lab') {
    return withClient(source.controller, (client) =>
      work((sha256) => client.getArtifact(sha256), source.folder),
    );
  }
  const elsewhere = new LabsweepError('it is in another lab; name that by --controller HOST:PORT');
  const refuse = () => Promise.reject(elsewhere);
  if (source.kind === 'record') return work(refuse, source.folder);
  const { folder, cacheDirectory } = source;
  if (folder.runners === undefined) return work(refuse, folder.path);
  return atRest(folder, cacheDirectory, (client) =>
    work((sha256) => client.getArtifact(sha256), folder.path),
  );
}
