// SPDX-License-Identifier: Apache-2.0
/**
 * `debian:<suite>/<package>[=version]` to the bytes of a kernel image: from the cache when that is
 * sure to be right, else from the archive, whose signatures apt checks.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type KernelSource, LabsweepError, UsageError } from '@labsweep/proto';
import { BlobCache } from '../../blob-cache.js';
import { withFileLock } from '../../file-lock.js';
import { readKernelImage } from '../kernel-image.js';
import { AptFailure } from './apt-failure.js';
import type { DebianArchive } from './debian-archive.js';
import { type DebianPackage, selectPackage } from './debian-package.js';
import { downloadPackage } from './download-package.js';
import { extractImage } from './extract-image.js';
import { imageChain } from './image-chain.js';
import { nearestPackages } from './nearest-packages.js';
import { PackageLists } from './package-lists.js';
import { type PrivateRoot, preparePrivateRoot } from './private-root.js';
import { type Resolution, resolutionRecord } from './resolution-record.js';

export type DebianKernelSource = Extract<KernelSource, { kind: 'debian' }>;

export interface DebianSourceOptions {
  readonly cacheDirectory: string;
  readonly archive: DebianArchive;
  readonly signal: AbortSignal;
  onProgress(line: string): void;
}

export interface DebianKernel {
  readonly image: Uint8Array;
  /** The package that held the image, as `name=version`. */
  readonly resolvedTo: string;
}

const MIB = 1024 * 1024;

export async function resolveDebianSource(
  source: DebianKernelSource,
  options: DebianSourceOptions,
): Promise<DebianKernel> {
  requirePlainNames(source);
  const root = await preparePrivateRoot({ ...options, suite: source.suite });
  return await new DebianResolver(source, root, options).resolve();
}

/** Names become file names, patterns and arguments of other programs. */
function requirePlainNames(source: DebianKernelSource): void {
  if (!/^[a-z0-9][a-z0-9+.-]*$/.test(source.package)) {
    throw new UsageError(`${JSON.stringify(source.package)} is no Debian package name`);
  }
  if (source.version !== undefined && !/^[0-9A-Za-z.+~:-]+$/.test(source.version)) {
    throw new UsageError(`${JSON.stringify(source.version)} is no Debian package version`);
  }
}

class DebianResolver {
  private readonly images: BlobCache;
  private readonly lists: PackageLists;

  constructor(
    private readonly source: DebianKernelSource,
    private readonly root: PrivateRoot,
    private readonly options: DebianSourceOptions,
  ) {
    this.images = new BlobCache(join(options.cacheDirectory, 'kernels'));
    this.lists = new PackageLists(root, options);
  }

  async resolve(): Promise<DebianKernel> {
    const cached = await this.withoutArchive();
    if (cached) return cached;
    const { signal } = this.options;
    return await withFileLock(join(this.root.directory, 'lock'), signal, async () => {
      // Another process may have fetched just this one while we waited for it.
      return (await this.withoutArchive()) ?? (await this.fromArchive());
    });
  }

  /** The kernel, when what is in the cache is sure to be what the archive would give. */
  private async withoutArchive(): Promise<DebianKernel | undefined> {
    const { package: name, version } = this.source;
    // A version is never reused in Debian, so a pinned one needs no look at the lists.
    if (version) return await this.fromCache(await this.recordOf(name, version).read());
    const packages = await this.lists.fresh();
    const named = packages && selectPackage(packages, name, undefined);
    return named && (await this.chainFromCache(named, imageChain(packages, named)));
  }

  private async fromArchive(): Promise<DebianKernel> {
    const { package: name, version } = this.source;
    const fresh = await this.lists.fresh();
    if (fresh === undefined) return await this.obtain(await this.lists.refreshOrOlder());
    if (!selectPackage(fresh, name, version)) return await this.obtain(await this.lists.refresh());
    try {
      return await this.obtain(fresh);
    } catch (error) {
      // The archive has replaced the package since the lists were read.
      if (!(error instanceof AptFailure) || error.kind !== 'not-found') throw error;
      return await this.obtain(await this.lists.refresh());
    }
  }

  private async obtain(packages: readonly DebianPackage[]): Promise<DebianKernel> {
    const { package: name, version } = this.source;
    const named = selectPackage(packages, name, version);
    if (named === undefined) throw this.missing(packages);
    const chain = imageChain(packages, named);
    const cached = await this.chainFromCache(named, chain);
    if (cached) return cached;
    for (const candidate of chain) {
      const kernel = await this.fetch(candidate, named);
      if (kernel) return kernel;
    }
    const tried = chain.map((each) => each.name).join(', ');
    throw new LabsweepError(`there is no kernel image in ${tried}; name a linux-image package`);
  }

  /** Undefined when the package has no image in it. */
  private async fetch(
    candidate: DebianPackage,
    named: DebianPackage,
  ): Promise<DebianKernel | undefined> {
    const label = `${candidate.name} ${candidate.version}`;
    const sizeMib = (candidate.sizeBytes / MIB).toFixed(1);
    this.options.onProgress(`downloading ${label} (${sizeMib} MiB)`);
    const path = await downloadPackage(this.root, candidate, this.options.signal);
    const image = await extractImage(path, this.options.signal);
    await rm(path, { force: true });
    if (image === undefined) return undefined;
    readKernelImage(image, `the image in ${label}`);
    await this.remember(candidate, named, image);
    return { image, resolvedTo: `${candidate.name}=${candidate.version}` };
  }

  private async remember(candidate: DebianPackage, named: DebianPackage, image: Uint8Array) {
    await this.recordOf(named.name, named.version).write({
      packageSha256: candidate.sha256,
      imagePackage: candidate.name,
      imageVersion: candidate.version,
      imageSha256: await this.images.put(image),
    });
  }

  private async chainFromCache(
    named: DebianPackage,
    chain: readonly DebianPackage[],
  ): Promise<DebianKernel | undefined> {
    const known = await this.recordOf(named.name, named.version).read();
    const isCurrent = chain.some((each) => each.sha256 === known?.packageSha256);
    return isCurrent ? await this.fromCache(known) : undefined;
  }

  private async fromCache(known: Resolution | undefined): Promise<DebianKernel | undefined> {
    const image = known && (await this.images.get(known.imageSha256));
    if (!known || !image) return undefined;
    this.options.onProgress(`${readKernelImage(image, known.imagePackage).release} from cache`);
    return { image, resolvedTo: `${known.imagePackage}=${known.imageVersion}` };
  }

  private recordOf(name: string, version: string) {
    return resolutionRecord(this.root, name, version);
  }

  private missing(packages: readonly DebianPackage[]): UsageError {
    const { suite, package: name, version } = this.source;
    const nearest = nearestPackages(packages, { name, version });
    const what = version === undefined ? name : `${name}=${version}`;
    const offer =
      nearest.length > 0 ? `the nearest it has: ${nearest.join(', ')}` : 'nor any kernel';
    return new UsageError(`${this.root.mirror} ${suite} does not have ${what}; ${offer}`);
  }
}
