// SPDX-License-Identifier: Apache-2.0
/**
 * The rounds of a narrowing and its A B A are sweeps like any other, but their folders lie in that
 * of the narrowing, and what they left is in its lab.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SweepId } from '@labsweep/proto';
import { namesBelowOut, SWEEPS_FOLDER } from '../find-lab.js';
import { RECORD_FILE, readRecord } from '../record/record-file.js';
import { readMark, type SweepFolder } from '../sweep-folder.js';

export interface SweepPlace {
  readonly sweep: SweepId;
  /** Where its results are. */
  readonly path: string;
  /** The folder of the lab that measured it: its own one, or that of its narrowing. */
  readonly lab: SweepFolder;
}

/** By its folder, or by its id below `out/`. Undefined for what is no sweep of a narrowing. */
export async function findRound(text: string): Promise<SweepPlace | undefined> {
  for (const path of [text, ...(await placesOf(text))]) {
    const above = join(path, '..');
    const mark = await readMark(above);
    if (mark === undefined) continue;
    const sweep = (await readRecord(path))?.sweep;
    if (sweep?.startsWith(`${mark.sweep}-`) !== true) continue;
    return { sweep, path, lab: { ...mark, path: above, resumed: true } };
  }
  return undefined;
}

/** Its id is that of the narrowing with the name of its folder. */
async function placesOf(id: string): Promise<string[]> {
  const names = await namesBelowOut();
  return names
    .filter((name) => id.startsWith(`${name}-`))
    .map((name) => join(SWEEPS_FOLDER, name, id.slice(name.length + 1)));
}

/** The names of the sweeps in the folder of a narrowing; none in that of a sweep. */
export async function roundsIn(path: string): Promise<string[]> {
  const names = (await readdir(path).catch(() => [])).sort();
  const found = await Promise.all(
    names.map((name) =>
      stat(join(path, name, RECORD_FILE)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return names.filter((_, index) => found[index]);
}
