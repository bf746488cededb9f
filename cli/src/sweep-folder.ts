// SPDX-License-Identifier: Apache-2.0
/** The folder of one sweep: found again by the same spec, so that a second run goes on. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  LockedError,
  lockProcess,
  type ProcessLock,
  type SweepId,
  sha256Of,
  UsageError,
} from '@labsweep/proto';

export interface FolderMark {
  readonly sweep: SweepId;
  /** The part of the id that comes from the spec: another spec must not go on here. */
  readonly base: SweepId;
  readonly state: 'running' | 'ended';
  /**
   * Of the agent of the folder's own lab; undefined when the sweep is measured in another lab.
   */
  readonly runners?: string;
}

export interface SweepFolder extends FolderMark {
  readonly path: string;
  /** True when an earlier run began here. */
  readonly resumed: boolean;
}

/** After this many sweeps of one spec something else is wrong. */
const ORDINALS_MAX = 10_000;
const MARK = 'sweep.json';

/**
 * Picks the folder for a run. Without `out` it is `out/<sweep id>`, the newest one of this spec
 * that has not ended, else a new one. With `out` it is that folder, which must be new or of the
 * same spec.
 */
export async function chooseFolder(options: {
  readonly base: SweepId;
  readonly out: string | undefined;
  readonly fresh: boolean;
}): Promise<SweepFolder> {
  const { base, out, fresh } = options;
  if (out !== undefined) return chooseNamed(base, out, fresh);
  for (let ordinal = 1; ordinal <= ORDINALS_MAX; ordinal += 1) {
    const sweep = ordinal === 1 ? base : (`${base}-${ordinal}` as SweepId);
    const path = join('out', sweep);
    const mark = await readMark(path);
    if (mark === undefined) return { sweep, base, state: 'running', path, resumed: false };
    if (mark.state !== 'ended' && !fresh) return { ...mark, path, resumed: true };
  }
  throw new UsageError(`out/ holds ${ORDINALS_MAX} sweeps of this spec; move some away`);
}

async function chooseNamed(base: SweepId, path: string, fresh: boolean): Promise<SweepFolder> {
  const mark = await readMark(path);
  if (mark === undefined) return { sweep: base, base, state: 'running', path, resumed: false };
  if (mark.base !== base) {
    throw new UsageError(
      `--out ${path} holds the sweep ${mark.sweep}, which has another spec, seed or workload; ` +
        'choose another folder',
    );
  }
  if (fresh) {
    throw new UsageError(
      `--fresh with --out ${path}, which holds ${mark.sweep}: choose another folder`,
    );
  }
  return { ...mark, path, resumed: true };
}

export async function markFolder(folder: SweepFolder, state: FolderMark['state']): Promise<void> {
  const { sweep, base, path, runners } = folder;
  await mkdir(path, { recursive: true });
  const mark: FolderMark = { sweep, base, state, ...(runners === undefined ? {} : { runners }) };
  const file = join(path, MARK);
  await writeFile(`${file}.tmp`, `${JSON.stringify(mark, undefined, 2)}\n`);
  await rename(`${file}.tmp`, file);
}

/** Two runs in one folder would share one store. Throws UsageError that names the other one. */
export async function lockFolder(path: string): Promise<ProcessLock> {
  try {
    return await lockProcess(`folder-${sha256Of(resolve(path))}`, `running the sweep in ${path}`);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    throw new UsageError(`another labsweep run is at work in ${path} (${error.holder})`);
  }
}

/** Undefined when no sweep began in the folder. */
export async function readMark(path: string): Promise<FolderMark | undefined> {
  try {
    return JSON.parse(await readFile(join(path, MARK), 'utf8')) as FolderMark;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
    throw new UsageError(
      `${join(path, MARK)} cannot be read: ${String(error)}; choose another folder`,
    );
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
