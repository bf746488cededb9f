// SPDX-License-Identifier: Apache-2.0
/**
 * Writes files into a compressed tar archive that has the same bytes whoever writes it, when and in
 * which order: sorted members, one time, one owner, one mode.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import { comparePaths } from './member-path.js';

/** A file on this disk, and what it is called in the archive. */
export interface PackedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly source: string;
}

const MODE = 0o644;
/** The gzip header of node:zlib holds no time, so nothing else has to be said there. */
const GZIP = { level: 9 } as const;

/** `target` is whole or absent when this settles. */
export async function packArchive(options: {
  readonly target: string;
  /** The folder that everything is unpacked into. */
  readonly root: string;
  readonly files: readonly PackedFile[];
  /** Of every member. */
  readonly modifiedAtMs: number;
}): Promise<void> {
  const { target, root, files, modifiedAtMs } = options;
  const archive = pack();
  const temporary = `${target}.tmp`;
  const written = pipeline(archive, createGzip(GZIP), createWriteStream(temporary));
  try {
    await Promise.all([
      written,
      addAll(archive, files, { root, mtime: wholeSecond(modifiedAtMs) }),
    ]);
    await rename(temporary, target);
  } catch (error) {
    archive.destroy();
    await written.catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}

async function addAll(
  archive: Pack,
  files: readonly PackedFile[],
  { root, mtime }: { readonly root: string; readonly mtime: Date },
): Promise<void> {
  const owner = { uid: 0, gid: 0, uname: '', gname: '' };
  for (const file of files.toSorted((a, b) => comparePaths(a.path, b.path))) {
    const { path, sizeBytes: size } = file;
    const header = { name: `${root}/${path}`, size, mtime, mode: MODE, type: 'file' as const };
    const entry = archive.entry({ ...header, ...owner });
    await pipeline(createReadStream(file.source), entry);
  }
  archive.finalize();
}

function wholeSecond(timeMs: number): Date {
  return new Date(Math.floor(timeMs / 1000) * 1000);
}
