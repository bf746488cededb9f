// SPDX-License-Identifier: Apache-2.0
/**
 * `record.jsonl` in a sweep's folder: what its report was made from, so that the report can be made
 * again. It stands there only while nothing was added to the sweep since.
 */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { formatRecord, parseRecord } from './record-lines.js';
import type { SweepLog } from './sweep-log.js';

export const RECORD_FILE = 'record.jsonl';
const CHUNK_CHARACTERS = 1 << 20;

export async function writeRecord(folder: string, log: SweepLog): Promise<void> {
  const path = join(folder, RECORD_FILE);
  const file = await open(`${path}.tmp`, 'w');
  try {
    for (const chunk of chunksOf(formatRecord(log))) await file.write(chunk);
  } finally {
    await file.close();
  }
  await rename(`${path}.tmp`, path);
}

export async function removeRecord(folder: string): Promise<void> {
  await rm(join(folder, RECORD_FILE), { force: true });
}

/** Undefined when there is none. Throws UsageError for one that cannot be read. */
export async function readRecord(folder: string): Promise<SweepLog | undefined> {
  const path = join(folder, RECORD_FILE);
  const file = await openIfThere(path);
  if (file === undefined) return undefined;
  try {
    return await parseRecord(path, file.readLines());
  } finally {
    await file.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A line may be short and there may be many. */
function* chunksOf(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
