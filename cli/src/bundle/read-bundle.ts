// SPDX-License-Identifier: Apache-2.0
/** Reads the record out of a bundle, after every member was held against the manifest. */
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { UsageError } from '@labsweep/proto';
import { RECORD_FILE } from '../record/record-file.js';
import { parseRecord } from '../record/record-lines.js';
import type { SweepLog } from '../record/sweep-log.js';
import {
  type ListedMember,
  MANIFEST_BYTES_MAX,
  MANIFEST_FILE,
  type Manifest,
  MEMBERS_MAX,
  parseManifest,
} from './manifest.js';
import { type ArchiveMember, type UnpackLimits, unpackArchive } from './unpack-archive.js';

export const BUNDLE_LIMITS: UnpackLimits = {
  membersMax: MEMBERS_MAX,
  memberBytesMax: 2 ** 30,
  totalBytesMax: 16 * 2 ** 30,
};

/** Throws UsageError that names the bundle and the member that is wrong. */
export async function readBundle(
  bundle: string,
  limits: UnpackLimits = BUNDLE_LIMITS,
): Promise<SweepLog> {
  const { manifest, record } = await readVerified(bundle, limits);
  const input = Readable.from(record);
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const log = await parseRecord(`${bundle}: ${RECORD_FILE}`, lines);
  if (log.sweep === manifest.sweep) return log;
  throw new UsageError(
    `${bundle}: ${RECORD_FILE} is of ${log.sweep}, the manifest of ${manifest.sweep}`,
  );
}

interface Verified {
  readonly manifest: Manifest;
  readonly record: readonly Uint8Array[];
}

async function readVerified(bundle: string, limits: UnpackLimits): Promise<Verified> {
  let manifest: Manifest | undefined;
  let record: readonly Uint8Array[] | undefined;
  let position = 0;
  for await (const member of unpackArchive(bundle, limits)) {
    if (manifest === undefined) {
      manifest = await readManifest(bundle, member);
      continue;
    }
    const listed = listedAt(position, { bundle, member, manifest });
    position += 1;
    const chunks = await readChecked(bundle, member, listed);
    if (member.path === RECORD_FILE) record = chunks;
  }
  if (manifest === undefined) throw new UsageError(`${bundle}: the bundle is empty`);
  const missing = manifest.members[position];
  if (missing !== undefined) {
    throw new UsageError(`${bundle}: the bundle is cut off before ${missing.path}; copy it again`);
  }
  if (record !== undefined) return { manifest, record };
  throw new UsageError(`${bundle}: there is no ${RECORD_FILE} in it`);
}

async function readManifest(bundle: string, member: ArchiveMember): Promise<Manifest> {
  const { path, sizeBytes } = member;
  if (path !== MANIFEST_FILE) {
    throw new UsageError(
      `${bundle}: this is no bundle: its first member is ${path}, not ${MANIFEST_FILE}`,
    );
  }
  if (sizeBytes > MANIFEST_BYTES_MAX) {
    throw new UsageError(
      `${bundle}: ${MANIFEST_FILE} has ${sizeBytes} bytes; ${MANIFEST_BYTES_MAX} is most`,
    );
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of member.content) chunks.push(chunk);
  const manifest = parseManifest(bundle, Buffer.concat(chunks).toString('utf8'));
  if (manifest.sweep === member.root) return manifest;
  throw new UsageError(
    `${bundle}: the folder is ${member.root}, the manifest is of ${manifest.sweep}`,
  );
}

/** Members and manifest are sorted alike, so a member has one place. */
function listedAt(
  position: number,
  at: { readonly bundle: string; readonly member: ArchiveMember; readonly manifest: Manifest },
): ListedMember {
  const { bundle, member, manifest } = at;
  const listed = manifest.members[position];
  if (listed?.path === member.path && member.root === manifest.sweep) return listed;
  const name = `${bundle}: ${member.root}/${member.path}`;
  const isListed = manifest.members.some(({ path }) => path === member.path);
  if (!isListed) throw new UsageError(`${name} is not in the manifest`);
  throw new UsageError(`${name} is not in its place, where ${listed?.path ?? 'nothing'} should be`);
}

/** Keeps the content of the record alone; the rest is only held against its sha256. */
async function readChecked(
  bundle: string,
  member: ArchiveMember,
  listed: ListedMember,
): Promise<readonly Uint8Array[]> {
  const hash = createHash('sha256');
  const kept: Uint8Array[] = [];
  for await (const chunk of member.content) {
    hash.update(chunk);
    if (member.path === RECORD_FILE) kept.push(chunk);
  }
  const sha256 = hash.digest('hex');
  if (member.sizeBytes === listed.sizeBytes && sha256 === listed.sha256) return kept;
  throw new UsageError(
    `${bundle}: ${member.path} is not what the manifest says (sha256 ${sha256.slice(0, 12)}, ` +
      `expected ${listed.sha256.slice(0, 12)}): the bundle is damaged or was changed`,
  );
}
