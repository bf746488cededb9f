// SPDX-License-Identifier: Apache-2.0
/**
 * Gathers the members of a bundle on the disk, one at a time, and packs them. What cannot be had,
 * or is too big, is named in the manifest and never quietly left out.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf, type Sha256, sha256Of, UsageError } from '@labsweep/proto';
import { RECORD_FILE } from '../record/record-file.js';
import { formatRecord } from '../record/record-lines.js';
import { recordOfLog } from '../record/record-of-log.js';
import type { SweepLog } from '../record/sweep-log.js';
import { type BundleContents, bundleContents, type WantedArtifact } from './bundle-contents.js';
import { bundleReadme } from './bundle-readme.js';
import { formatManifest, type LeftOut, type ListedMember, MANIFEST_FILE } from './manifest.js';
import { comparePaths, pathProblem } from './member-path.js';
import { packArchive } from './pack-archive.js';
import { BUNDLE_LIMITS } from './read-bundle.js';

export interface BundleOptions {
  readonly log: SweepLog;
  /** Where the archive goes. */
  readonly target: string;
  readonly withKernels: boolean;
  /** Of an artifact; one that is bigger is left out, and named. */
  readonly artifactBytesMax: number;
  /** The sweep's folder, whose files are taken where their sha256 is right. */
  readonly folder: string | undefined;
  /** Rejects for what cannot be had. */
  fetch(sha256: Sha256): Promise<Uint8Array>;
}

export interface BundleEnd {
  readonly members: number;
  readonly sizeBytes: number;
  readonly leftOut: readonly LeftOut[];
}

/** The same log and the same artifacts give the same bytes. */
export async function writeBundle(options: BundleOptions): Promise<BundleEnd> {
  const { log, target } = options;
  const record = recordOfLog(log);
  const contents = bundleContents(record, options);
  const staging = await mkdtemp(join(tmpdir(), 'labsweep-bundle-'));
  try {
    const stage = new Stage(staging);
    for (const [path, content] of contents.texts) await stage.add(path, content);
    await stage.addLines(RECORD_FILE, formatRecord(log));
    const leftOut = [...contents.leftOut, ...(await addArtifacts(stage, contents, options))];
    const members = stage.members.map(({ path }) => path);
    const readme = bundleReadme(record, { tree: contents.tree, members, leftOut });
    await stage.add('README.md', readme);
    await stage.add('SHA256SUMS', sumsOf(stage.members));
    const { sweep, state } = log;
    const { seed } = record.submitted;
    const listed = { sweep, state, seed, members: stage.members, leftOut };
    await stage.add(MANIFEST_FILE, formatManifest(listed));
    checkReadable(stage.members);
    const modifiedAtMs = record.submitted.atMs;
    await packArchive({ target, root: sweep, files: stage.files(), modifiedAtMs });
    const { size } = await stat(target);
    return { members: stage.members.length, sizeBytes: size, leftOut };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function addArtifacts(
  stage: Stage,
  { artifacts }: BundleContents,
  options: BundleOptions,
): Promise<LeftOut[]> {
  const leftOut: LeftOut[] = [];
  for (const wanted of artifacts) {
    const { path, sha256 } = wanted;
    const lacks = (reason: string) => leftOut.push({ path, sha256, reason, kind: 'lack' });
    const problem = pathProblem(path);
    if (problem !== undefined) {
      lacks(`its name has ${problem}`);
      continue;
    }
    try {
      const bytes = await bytesOf(wanted, options);
      if (bytes.length > options.artifactBytesMax) {
        lacks(`${bytes.length} bytes, more than ${options.artifactBytesMax}`);
      } else await stage.add(path, bytes);
    } catch (error) {
      lacks(`it cannot be had: ${messageOf(error)}`);
    }
  }
  return leftOut;
}

/** A file that somebody has changed since is not the evidence; the artifact is. */
async function bytesOf(wanted: WantedArtifact, options: BundleOptions): Promise<Uint8Array> {
  const { folder, fetch } = options;
  if (folder !== undefined && wanted.inFolder !== undefined) {
    const bytes = await readFile(join(folder, wanted.inFolder)).catch(() => undefined);
    if (bytes !== undefined && sha256Of(bytes) === wanted.sha256) return bytes;
  }
  return fetch(wanted.sha256);
}

/** What nobody could read is not written. */
function checkReadable(members: readonly ListedMember[]): void {
  const { membersMax, memberBytesMax, totalBytesMax } = BUNDLE_LIMITS;
  const total = members.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const big = members.find(({ sizeBytes }) => sizeBytes > memberBytesMax);
  if (big === undefined && members.length <= membersMax && total <= totalBytesMax) return;
  throw new UsageError(
    `the sweep is too big for a bundle: ${members.length} members of ${total} bytes` +
      `${big === undefined ? '' : `, ${big.sizeBytes} of them in ${big.path}`}; ` +
      `${membersMax} of ${totalBytesMax} bytes are most, and ${memberBytesMax} in one`,
  );
}

function sumsOf(members: readonly ListedMember[]): string {
  return members
    .toSorted((a, b) => comparePaths(a.path, b.path))
    .map(({ sha256, path }) => `${sha256}  ${path}\n`)
    .join('');
}

/** Members in a folder of our own, so that none but the one at hand is in memory. */
class Stage {
  readonly members: ListedMember[] = [];

  constructor(private readonly folder: string) {}

  async add(path: string, content: string | Uint8Array): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const file = await this.place(path);
    await writeFile(file, bytes);
    this.members.push({ path, sizeBytes: bytes.length, sha256: sha256Of(bytes) });
  }

  async addLines(path: string, lines: Iterable<string>): Promise<void> {
    const place = await this.place(path);
    const file = await open(place, 'w');
    const hash = createHash('sha256');
    let sizeBytes = 0;
    try {
      for (const line of lines) {
        const bytes = Buffer.from(line);
        hash.update(bytes);
        sizeBytes += bytes.length;
        await file.write(bytes);
      }
    } finally {
      await file.close();
    }
    this.members.push({ path, sizeBytes, sha256: hash.digest('hex') as Sha256 });
  }

  files() {
    return this.members.map(({ path, sizeBytes }) => ({
      path,
      sizeBytes,
      source: join(this.folder, path),
    }));
  }

  private async place(path: string): Promise<string> {
    const file = join(this.folder, path);
    await mkdir(dirname(file), { recursive: true });
    return file;
  }
}
