// SPDX-License-Identifier: Apache-2.0
/** Says before there is anything to write that a disk is full. It writes nothing. */
import { statfs } from 'node:fs/promises';
import { messageOf } from '@labsweep/proto';
import { explainFullDisk } from './durable-file.js';

/** Below this an outcome with its evidence may find no room. */
export const ROOM_MIN_BYTES = 256 * 1024;

/** A clause for people about the first of the folders whose disk is full; empty when none is. */
export async function diskTrouble(folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    try {
      const { bavail, bsize } = await statfs(folder);
      if (bavail * bsize < ROOM_MIN_BYTES) return explainFullDisk(folder);
    } catch (error) {
      // The cache is made with its first file.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        return `${folder}: ${messageOf(error)}`;
    }
  }
  return '';
}
