// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the lab that a command is for: the one that is named by its controller, else the embedded
 * one of a sweep's folder, running or not.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Address, nearestName, type SweepId, UsageError } from '@labsweep/proto';
import { readRunningLab } from './lab-record.js';
import { readMark, type SweepFolder } from './sweep-folder.js';

/** Where sweeps without `--out` have their folders. */
export const SWEEPS_FOLDER = 'out';

export type LabOfSweep =
  | { readonly kind: 'running'; readonly controller: readonly Address[]; readonly sweep: SweepId }
  /** Nobody works in the folder; what its lab kept is there. */
  | { readonly kind: 'at-rest'; readonly folder: SweepFolder };

/** `text` is the id of a sweep or, without a controller, its folder as well. Throws UsageError. */
export async function findLabOfSweep(
  text: string,
  controller: readonly Address[] | undefined,
): Promise<LabOfSweep> {
  if (controller !== undefined) return { kind: 'running', controller, sweep: text as SweepId };
  const folder = await findFolder(text);
  const running = await readRunningLab(folder.path);
  if (running !== undefined) return { kind: 'running', controller: running, sweep: folder.sweep };
  if (folder.runners === undefined) {
    throw new UsageError(
      `sweep ${folder.sweep} in ${folder.path} is not of a lab of its own; name its lab by ` +
        '--controller HOST:PORT',
    );
  }
  return { kind: 'at-rest', folder };
}

/** The one lab that runs below `out/`, for commands that name no sweep. Throws UsageError. */
export async function findRunningLab(
  controller: readonly Address[] | undefined,
): Promise<readonly Address[]> {
  if (controller !== undefined) return controller;
  const running: { readonly path: string; readonly controller: readonly Address[] }[] = [];
  for (const name of await namesBelowOut()) {
    const path = join(SWEEPS_FOLDER, name);
    const found = await readRunningLab(path);
    if (found !== undefined) running.push({ path, controller: found });
  }
  const [only, ...others] = running;
  if (only !== undefined && others.length === 0) return only.controller;
  if (only === undefined) {
    throw new UsageError(
      `no lab runs below ${SWEEPS_FOLDER}/ here; name one by --controller HOST:PORT, or by --sweep`,
    );
  }
  const paths = running.map(({ path }) => path).join(', ');
  throw new UsageError(`several labs run here (${paths}); name one by --controller HOST:PORT`);
}

/** The folder of a sweep, by its path or by the sweep's id. Throws UsageError. */
export async function findFolder(text: string): Promise<SweepFolder> {
  for (const path of placesOf(text)) {
    const mark = await readMark(path);
    if (mark !== undefined) return { ...mark, path, resumed: true };
  }
  const known = await namesBelowOut();
  const nearest = nearestName(text, known);
  const hint = nearest === undefined ? '' : `did you mean \`${nearest}\`? `;
  const lab = 'sweep of a lab needs --controller HOST:PORT';
  throw new UsageError(
    `there is no sweep in ${placesOf(text).join(' or ')}; ` +
      (hint === '' ? `a ${lab}` : `${hint}A ${lab}`),
  );
}

/** A path is one; a name may also be that of a folder below `out/`. */
function placesOf(text: string): readonly string[] {
  const isPath = text.includes('/') || ['.', '..'].includes(text);
  return isPath ? [text] : [text, join(SWEEPS_FOLDER, text)];
}

/** Sorted. */
export async function namesBelowOut(): Promise<string[]> {
  const names = await readdir(SWEEPS_FOLDER).catch(() => []);
  return names.sort();
}
