// SPDX-License-Identifier: Apache-2.0
/** Says before there is anything to write that a disk is full. It writes nothing. */
import { statfs } from 'node:fs/promises';
import { messageOf } from '@labsweep/proto';
import { explainFullDisk } from './durable-file.js';

/** Below this an outcome with its evidence may find no room. */
export const ROOM_MIN_BYTES = 256 * 1024;

/** Agents of one process that ask at about the same time get one answer. */
const ANSWER_AGE_MAX_MS = 1_000;

interface Answer {
  readonly atMs: number;
  readonly trouble: Promise<string>;
}

/** By folder, for all agents of the process. */
const answers = new Map<string, Answer>();

/** A clause for people about the first of the folders whose disk is full; empty when none is. */
export async function diskTrouble(folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    const trouble = await recentTroubleOf(folder);
    if (trouble !== '') return trouble;
  }
  return '';
}

function recentTroubleOf(folder: string): Promise<string> {
  const atMs = performance.now();
  const known = answers.get(folder);
  if (known !== undefined && atMs - known.atMs < ANSWER_AGE_MAX_MS) return known.trouble;
  const trouble = troubleOf(folder);
  answers.set(folder, { atMs, trouble });
  return trouble;
}

async function troubleOf(folder: string): Promise<string> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize < ROOM_MIN_BYTES ? explainFullDisk(folder) : '';
  } catch (error) {
    // The cache is made with its first file.
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return isMissing ? '' : `${folder}: ${messageOf(error)}`;
  }
}
