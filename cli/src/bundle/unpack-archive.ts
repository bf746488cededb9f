// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the members of a compressed tar archive that may come from anybody: nothing is written to
 * the disk, names and sizes are checked before any content is taken, and what a few bytes unpack to
 * is limited.
 */
import { createReadStream } from 'node:fs';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { LabsweepError, messageOf, UsageError } from '@labsweep/proto';
import { extract, type Headers } from 'tar-stream';
import { pathProblem } from './member-path.js';

export interface UnpackLimits {
  readonly membersMax: number;
  readonly memberBytesMax: number;
  /** Of all members together, unpacked. */
  readonly totalBytesMax: number;
}

export interface ArchiveMember {
  /** Below the one folder that holds everything. */
  readonly path: string;
  readonly root: string;
  readonly sizeBytes: number;
  /** To be read to its end before the next member is asked for. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** Headers, padding and what streams hold ahead; a header that claims more is an attack. */
const OVERHEAD_BYTES_MAX = 2 ** 20;

/** Throws UsageError that names the archive for whatever is wrong with it. */
export async function* unpackArchive(
  archive: string,
  limits: UnpackLimits,
): AsyncGenerator<ArchiveMember> {
  const allowance = new Allowance();
  const members = extract();
  const fed = pipeline(createReadStream(archive), createGunzip(), allowance, members);
  // Its error also ends the loop below, which tells it.
  fed.catch(() => {});
  let count = 0;
  let total = 0;
  try {
    for await (const entry of members) {
      const member = checkHeader(entry.header, limits);
      count += 1;
      total += member.sizeBytes;
      if (count > limits.membersMax) throw new UsageError(`more than ${count - 1} members`);
      if (total > limits.totalBytesMax) {
        throw new UsageError(`more than ${limits.totalBytesMax} bytes when unpacked`);
      }
      allowance.allow(member.sizeBytes);
      yield { ...member, content: contentOf(entry, archive) };
    }
    await fed;
  } catch (error) {
    throw explained(error, archive);
  } finally {
    members.destroy();
    await fed.catch(() => {});
  }
}

/** Whoever reads a member may be the first to meet the damage behind it. */
async function* contentOf(
  entry: AsyncIterable<Uint8Array>,
  archive: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* entry;
  } catch (error) {
    throw explained(error, archive);
  }
}

function explained(error: unknown, archive: string): UsageError {
  const wrong = error instanceof LabsweepError ? messageOf(error) : wordsOf(error);
  return new UsageError(`${archive}: ${wrong}`, { cause: error });
}

function checkHeader(
  { name, type, size = 0 }: Headers,
  { memberBytesMax }: UnpackLimits,
): Omit<ArchiveMember, 'content'> {
  const told = JSON.stringify(name);
  const problem = pathProblem(name);
  if (problem !== undefined) throw new UsageError(`the member ${told} has ${problem}`);
  if (type !== 'file') throw new UsageError(`the member ${told} is a ${type}; only files belong`);
  const slash = name.indexOf('/');
  if (slash < 0) throw new UsageError(`the member ${told} is in no folder`);
  if (size > memberBytesMax) {
    throw new UsageError(`the member ${told} has ${size} bytes; ${memberBytesMax} is most`);
  }
  return { root: name.slice(0, slash), path: name.slice(slash + 1), sizeBytes: size };
}

/** What gzip and tar say is short; the user needs to know what to do. */
function wordsOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'Z_DATA_ERROR' && /incorrect header/.test(messageOf(error))) {
    return 'this is no bundle: it is not compressed by gzip';
  }
  return `the bundle is damaged (${messageOf(error)}); copy it again`;
}

/** Lets so many bytes pass as the members so far account for. */
class Allowance extends Transform {
  private left = OVERHEAD_BYTES_MAX;

  allow(bytes: number): void {
    this.left += bytes + OVERHEAD_BYTES_MAX;
  }

  override _transform(chunk: Buffer, _encoding: string, callback: TransformCallback): void {
    this.left -= chunk.length;
    if (this.left < 0) callback(new UsageError('a header claims more than a header may hold'));
    else callback(null, chunk);
  }
}
