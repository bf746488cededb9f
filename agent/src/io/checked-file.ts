// SPDX-License-Identifier: Apache-2.0
/**
 * Checks cached files by their hash, because a damaged kernel must not look like a slow one.
 * Hashing 60 MiB costs a tenth of a second in front of a trial, so a file that nobody has written
 * to since its last check is believed for a day; the change time, which no program can set, tells.
 */
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { sha256Of } from '@labsweep/proto';

const BELIEVED_MS_MAX = 24 * 60 * 60 * 1000;

/** Marks of checked files lie in this folder beside them. */
export const MARKS_FOLDER = '.checked';

/** False where the file is missing or holds other bytes. A file that is used looks used. */
export async function isIntact(path: string, sha256: string): Promise<boolean> {
  const mark = markPath(path);
  const known = await readFile(mark, 'utf8').catch(() => '');
  const seen = await describe(path);
  if (seen === undefined) return false;
  const [checkedAtMs = '', description] = known.split(' ');
  if (description === seen && Date.now() - Number(checkedAtMs) < BELIEVED_MS_MAX) return true;
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined || sha256Of(bytes) !== sha256) return false;
  const now = new Date();
  await utimes(path, now, now);
  await mkdir(dirname(mark), { recursive: true });
  await writeFile(mark, `${now.getTime()} ${await describe(path)}`);
  return true;
}

const markPath = (path: string) => join(dirname(path), MARKS_FOLDER, basename(path));

/** Changes with every write to the file, and when another one takes its place. */
async function describe(path: string): Promise<string | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  return stats && `${stats.ino}:${stats.size}:${stats.ctimeNs}`;
}
