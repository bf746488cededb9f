// SPDX-License-Identifier: Apache-2.0
/**
 * Writes a file so that a loss of power leaves it whole or absent, and tells troubles of a disk,
 * which pass, from defects, which do not.
 */
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '@labsweep/proto';

/** The file is on the disk under its name when this settles; a write that fails leaves nothing. */
export async function writeDurably(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  // The name itself is durable only once its directory is synced.
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** What goes away when somebody makes room, or mends the disk or the limits of the process. */
const DISK_TROUBLES: readonly string[] = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE'];

export function isDiskTrouble(error: unknown): boolean {
  return DISK_TROUBLES.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** What is the matter with the folder, in a clause for people. */
export function explainDiskTrouble(error: unknown, folder: string): string {
  const { code } = error as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return full ? explainFullDisk(folder) : `${folder}: ${messageOf(error)}`;
}

export function explainFullDisk(folder: string): string {
  return `the disk of ${folder} is full; give it room`;
}
