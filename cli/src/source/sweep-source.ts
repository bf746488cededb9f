// SPDX-License-Identifier: Apache-2.0
/**
 * Where a finished or running sweep can be had: a bundle, a folder, or a lab. What wants a sweep
 * asks here, and need not know which it is.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
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
import { readMark } from '../sweep-folder.js';
import { withClient } from '../with-client.js';
import { findRound, roundsIn, type SweepPlace } from './find-round.js';
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
  | ({ readonly kind: 'folder'; readonly cacheDirectory: string } & SweepPlace)
  /** Results of a lab that was watched. */
  | { readonly kind: 'record'; readonly folder: string };

/** Throws UsageError for what is no sweep. */
export async function findSweep(options: SourceOptions): Promise<SweepSource> {
  const { sweep, controller, cacheDirectory } = options;
  const found = await stat(sweep).catch(() => undefined);
  if (found?.isFile() === true) return { kind: 'bundle', path: sweep };
  const round = await findRound(sweep);
  if (controller !== undefined) {
    const mark = await readMark(sweep);
    const record = mark ?? (await readRecord(sweep));
    const folder = record === undefined ? {} : { folder: sweep };
    const id = record?.sweep ?? (sweep as SweepId);
    // A sweep of a lab of its own is in no other, whatever else is asked of that one.
    const own = mark ?? round?.lab;
    if (own?.runners === undefined) return { kind: 'lab', controller, sweep: id, ...folder };
  } else if (round === undefined && (await isRecordAlone(sweep))) {
    return { kind: 'record', folder: sweep };
  }
  const place = round ?? (await placeOf(sweep));
  const running = await readRunningLab(place.lab.path);
  if (running === undefined) return { kind: 'folder', ...place, cacheDirectory };
  return { kind: 'lab', controller: running, sweep: place.sweep, folder: place.path };
}

async function isRecordAlone(path: string): Promise<boolean> {
  return (await readMark(path)) === undefined && (await readRecord(path)) !== undefined;
}

/** Throws UsageError for what is none, or more than one. */
async function placeOf(text: string): Promise<SweepPlace> {
  const folder = await findFolder(text);
  const { sweep, path } = folder;
  const rounds = await roundsIn(path);
  const [first] = rounds;
  if (first === undefined) return { sweep, path, lab: folder };
  throw new UsageError(
    `${path} holds a narrowing, whose sweeps are ${rounds.join(', ')}; name one of them, such as ` +
      join(path, first),
  );
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
      return (await readRecord(source.path)) ?? readAtRest(source);
    case 'record':
      return mustHave(source.folder, await readRecord(source.folder));
  }
}

function mustHave(folder: string, log: SweepLog | undefined): SweepLog {
  if (log !== undefined) return log;
  throw new UsageError(`${folder} holds no record of a sweep`);
}

function readAtRest({ sweep, path, lab, ...source }: SweepSource & { readonly kind: 'folder' }) {
  if (lab.runners === undefined) {
    throw new UsageError(
      `${path} holds no record of ${sweep}, which is measured in another lab; name it by ` +
        '--controller HOST:PORT',
    );
  }
  return atRest(lab, source.cacheDirectory, (client) =>
    watchOnce(client, sweep, { isAtRest: true }),
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
  const { path, lab, cacheDirectory } = source;
  if (lab.runners === undefined) return work(refuse, path);
  return atRest(lab, cacheDirectory, (client) =>
    work((sha256) => client.getArtifact(sha256), path),
  );
}
