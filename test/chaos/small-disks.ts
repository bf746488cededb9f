// SPDX-License-Identifier: Apache-2.0
/** Small file systems of their own for parts of a chaos run, which can be filled to the brim. */
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { tryRun } from './shell.js';

const SIZE_MIB = 20;
const BALLAST = 'ballast';
const CHUNK = Buffer.alloc(64 * 1024);
/** The last bytes go in small steps, or some outcomes would still find room. */
const SMALL_CHUNK = Buffer.alloc(512);

export interface SmallDisks {
  readonly mounted: boolean;
  readonly missing: readonly string[];
  /** The folder of a part, on a file system of its own where it could be mounted. */
  folder(part: string): string;
  fill(part: string): void;
  free(part: string): void;
}

/** `onMount` is told of each mount before it is made. */
export function makeSmallDisks(
  folder: string,
  parts: readonly string[],
  onMount: (path: string) => void,
): SmallDisks {
  const pathOf = (part: string) => join(folder, part);
  const missing: string[] = [];
  for (const part of parts) {
    mkdirSync(pathOf(part), { recursive: true });
    onMount(pathOf(part));
    const options = ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'labsweep-chaos'];
    const { status, words } = tryRun('mount', ...options, pathOf(part));
    if (status !== 0 && missing.length === 0) missing.push(`file systems that fill up: ${words}`);
  }
  return {
    mounted: missing.length === 0,
    missing,
    folder: pathOf,
    fill: (part) => fill(join(pathOf(part), BALLAST)),
    free: (part) => rmSync(join(pathOf(part), BALLAST), { force: true }),
  };
}

function fill(path: string): void {
  const file = openSync(path, 'w');
  for (const chunk of [CHUNK, SMALL_CHUNK]) {
    try {
      for (;;) {
        // A file system that is nearly full takes a part of the chunk before it refuses.
        writeSync(file, chunk);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
  closeSync(file);
}
