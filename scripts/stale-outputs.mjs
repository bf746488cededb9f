// SPDX-License-Identifier: Apache-2.0
/**
 * Removes what an earlier build made of TypeScript that is gone since: the compiler leaves it, and
 * it could still be imported, or run as a test. Files that no build makes are left alone.
 */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const MADE = /\.(?:js|js\.map|d\.ts)$/;

/**
 * `output` is a package's `dist`, `source` the folder that the compiler takes for its root. Gives
 * the paths that it has removed.
 *
 * @param {{ source: string, output: string }} folders
 */
export function removeStaleOutputs({ source, output }) {
  if (!existsSync(output)) return [];
  const stale = readdirSync(output, { recursive: true })
    .map(String)
    .filter((name) => MADE.test(name))
    .filter((name) => !existsSync(join(source, name.replace(MADE, '.ts'))))
    .map((name) => join(output, name));
  for (const path of stale) {
    rmSync(path);
    removeEmptyFolders(dirname(path), output);
  }
  return stale;
}

/** @param {string} folder @param {string} top */
function removeEmptyFolders(folder, top) {
  if (folder === top || readdirSync(folder).length > 0) return;
  rmdirSync(folder);
  removeEmptyFolders(dirname(folder), top);
}
