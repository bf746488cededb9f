// SPDX-License-Identifier: Apache-2.0
/**
 * Unpacks kernels once per host, because an emulated CPU takes a second for what the host does in a
 * tenth. Unpacked kernels lie in a folder by the hashes of image and kernel; several agents may
 * share it.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import {
  type CompressedKernel,
  findCompressedKernel,
  messageOf,
  sha256Of,
  UNPACK_COMMANDS,
} from '@labsweep/proto';
import { isElf, whyNotPvh } from '../kernel-image.js';
import { isIntact } from './checked-file.js';
import { runProcess } from './process.js';
import { removeStaleScratch, withScratch } from './scratch.js';

/** Where the kernel for a PVH boot lies, or why this image has none. */
export type UnpackedKernel = { readonly path: string } | { readonly reason: string };

/** An unpacked kernel has about 60 MiB; a debugging one may have ten times as much. */
const UNPACKED_BYTES_MAX = 1024 * 1024 * 1024;
const UNPACK_MS_MAX = 120_000;
/** Beyond this many the least recently used go. */
const KERNELS_MAX = 16;
/** What a killed agent left half written is cleared away after this time. */
const TEMPORARY_AGE_MS_MAX = 60 * 60 * 1000;

/**
 * Remembers what it has checked, so that a kernel is hashed once per agent and not once a trial.
 */
export class KernelUnpacker {
  readonly #known = new Map<string, Promise<UnpackedKernel>>();

  constructor(private readonly directory: string) {}

  /**
   * Gives a reason, and never throws, where the image cannot be read or unpacked: it may still be
   * bootable as it is.
   */
  async unpack(imagePath: string): Promise<UnpackedKernel> {
    const known = await this.#known.get(imagePath);
    if (known !== undefined && (await isUsable(known))) return known;
    const unpacked = this.#find(imagePath).catch((error) => ({ reason: messageOf(error) }));
    this.#known.set(imagePath, unpacked);
    return unpacked;
  }

  async #find(imagePath: string): Promise<UnpackedKernel> {
    const known = await this.#findNamed(basename(imagePath));
    if (known !== undefined) return { path: known };
    const image = await readFile(imagePath);
    if (isElf(image)) {
      const reason = whyNotPvh(image);
      return reason === undefined ? { path: imagePath } : { reason };
    }
    const imageHash = sha256Of(image);
    await mkdir(this.directory, { recursive: true });
    const path = (await this.#findIntact(imageHash)) ?? (await this.#make(image, imageHash));
    return typeof path === 'string' ? { path } : path;
  }

  /** An image in the artifact cache is called by its hash, and was checked there. */
  async #findNamed(name: string): Promise<string | undefined> {
    if (!/^[0-9a-f]{64}$/.test(name)) return undefined;
    await mkdir(this.directory, { recursive: true });
    return this.#findIntact(name);
  }

  /**
   * The name holds the hash of the content, because a damaged kernel must not look like a slow one.
   */
  async #findIntact(imageHash: string): Promise<string | undefined> {
    for (const name of await readdir(this.directory)) {
      if (!name.startsWith(`${imageHash}-`) || name.endsWith('.tmp')) continue;
      const path = join(this.directory, name);
      if (await isIntact(path, name.slice(imageHash.length + 1))) return path;
    }
    return undefined;
  }

  /** Two agents that make the same kernel rename the same bytes into the same place. */
  async #make(image: Uint8Array, imageHash: string): Promise<string | { reason: string }> {
    const compressed = findCompressedKernel(image);
    if (typeof compressed === 'string') return { reason: compressed };
    const kernel = await decompress(compressed, this.directory);
    const reason = whyNotPvh(kernel);
    if (reason !== undefined) return { reason };
    const path = join(this.directory, `${imageHash}-${sha256Of(kernel)}`);
    const temporary = `${path}.${randomUUID()}.tmp`;
    await writeFile(temporary, kernel, { mode: 0o444 });
    await rename(temporary, path);
    await this.#prune();
    return path;
  }

  async #prune(): Promise<void> {
    const files = [];
    for (const name of await readdir(this.directory)) {
      const path = join(this.directory, name);
      const stats = await stat(path).catch(() => undefined);
      if (stats?.isFile()) files.push({ path, usedMs: stats.mtimeMs });
    }
    files.sort((a, b) => b.usedMs - a.usedMs);
    const oldestMs = Date.now() - TEMPORARY_AGE_MS_MAX;
    const stale = files.filter(
      ({ path, usedMs }, index) =>
        index >= KERNELS_MAX || (path.endsWith('.tmp') && usedMs < oldestMs),
    );
    for (const { path } of stale) await rm(path, { force: true });
  }
}

async function isUsable(known: UnpackedKernel): Promise<boolean> {
  if ('reason' in known) return true;
  return stat(known.path).then(
    () => true,
    () => false,
  );
}

async function decompress(kernel: CompressedKernel, directory: string): Promise<Uint8Array> {
  const { compression, payload, unpackedBytes } = kernel;
  const bytes =
    compression === 'gzip'
      ? await promisify(gunzip)(payload, { maxOutputLength: UNPACKED_BYTES_MAX })
      : await runTool(UNPACK_COMMANDS[compression], payload, directory);
  if (bytes.length !== unpackedBytes) {
    throw new Error(`its kernel unpacks to ${bytes.length} bytes in place of ${unpackedBytes}`);
  }
  return bytes;
}

async function runTool(
  [tool, ...options]: readonly [string, ...string[]],
  payload: Uint8Array,
  directory: string,
): Promise<Uint8Array> {
  await removeStaleScratch(directory);
  return withScratch(directory, async (scratch) => {
    const path = join(scratch, 'payload');
    await writeFile(path, payload);
    const end = await runProcess({
      command: tool,
      arguments: [...options, path],
      outputBytesMax: UNPACKED_BYTES_MAX,
      stop: AbortSignal.timeout(UNPACK_MS_MAX),
    });
    if (end.ending.kind === 'exited' && end.ending.code === 0) return end.stdout;
    const words = new TextDecoder().decode(end.stderr).trim().replaceAll(path, basename(path));
    const why = end.ending.kind === 'not-started' ? end.ending.message : words.slice(0, 200);
    throw new Error(`${tool} cannot unpack its kernel: ${why}; install ${tool} for faster boots`);
  });
}
