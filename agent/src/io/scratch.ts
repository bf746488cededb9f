// SPDX-License-Identifier: Apache-2.0
/** Private directories for the short-lived files of one trial, removed however the trial ends. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The process id in the name tells whose directory it is. */
const NAME = /^trial-(\d+)-/;

/** Hands a fresh, empty directory to `use`, and removes it with all that is in it afterwards. */
export async function withScratch<Result>(
  parent: string,
  use: (directory: string) => Promise<Result>,
): Promise<Result> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const directory = await mkdtemp(join(parent, `trial-${process.pid}-`));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Removes what agents left behind that were killed; those of living processes stay. */
export async function removeStaleScratch(parent: string): Promise<void> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  for (const name of await readdir(parent)) {
    const processId = Number(NAME.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(processId) || isAlive(processId)) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
