// SPDX-License-Identifier: Apache-2.0
/**
 * `debian:<suite>/<package>[=version]` to the bytes of a kernel image and its configuration: from
 * the cache when that is sure to be right, else from the archive, whose signatures apt checks.
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
import { extractKernel, type PackedKernel } from './extract-kernel.js';
import { configPackage, imageChain } from './image-chain.js';
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
  /** Absent where the archive does not tell it; the kernel is good all the same. */
  readonly config?: Uint8Array;
  /** The package that held the image, as `name=version`. */
  readonly resolvedTo: string;
}

/** What the cache has of a kernel. */
interface Cached {
  readonly kernel: DebianKernel;
  readonly known: Resolution;
  /** The named package at the version that `known` is about. */
  readonly named: Pick<DebianPackage, 'name' | 'version'>;
}

const MIB = 1024 * 1024;
/** A configuration that the archive did not give is not asked for again before this. */
const SEEK_AGAIN_AFTER_MS = 24 * 60 * 60 * 1000;

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
  private readonly configs: BlobCache;
  private readonly lists: PackageLists;

  constructor(
    private readonly source: DebianKernelSource,
    private readonly root: PrivateRoot,
    private readonly options: DebianSourceOptions,
  ) {
    this.images = new BlobCache(join(options.cacheDirectory, 'kernels'));
    this.configs = new BlobCache(join(options.cacheDirectory, 'kernel-configs'));
    this.lists = new PackageLists(root, options);
  }

  async resolve(): Promise<DebianKernel> {
    const cached = await this.withoutArchive();
    if (cached && !lacksConfig(cached)) return await this.whole(cached);
    const { signal } = this.options;
    return await withFileLock(join(this.root.directory, 'lock'), signal, async () => {
      // Another process may have fetched just this one while we waited for it.
      const now = await this.withoutArchive();
      return now ? await this.whole(now) : await this.fromArchive();
    });
  }

  /** With its configuration, where that can be had. */
  private async whole(cached: Cached): Promise<DebianKernel> {
    const { release } = readKernelImage(cached.kernel.image, cached.kernel.resolvedTo);
    this.options.onProgress(`${release} from cache`);
    return lacksConfig(cached) ? await this.withConfig(cached) : cached.kernel;
  }

  /** The kernel, when what is in the cache is sure to be what the archive would give. */
  private async withoutArchive(): Promise<Cached | undefined> {
    const { package: name, version } = this.source;
    // A version is never reused in Debian, so a pinned one needs no look at the lists.
    if (version) return await this.fromCache({ name, version });
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
    if (cached) return await this.whole(cached);
    for (const candidate of chain) {
      const kernel = await this.fetch(candidate, { named, packages });
      if (kernel) return kernel;
    }
    const tried = chain.map((each) => each.name).join(', ');
    throw new LabsweepError(`there is no kernel image in ${tried}; name a linux-image package`);
  }

  /** Undefined when the package has no image in it. */
  private async fetch(
    candidate: DebianPackage,
    among: { readonly named: DebianPackage; readonly packages: readonly DebianPackage[] },
  ): Promise<DebianKernel | undefined> {
    const label = `${candidate.name} ${candidate.version}`;
    const { image, config: own } = await this.fetchParts(candidate);
    if (image === undefined) return undefined;
    readKernelImage(image, `the image in ${label}`);
    const config = own ?? (await this.configBeside(candidate, among.packages));
    await this.remember(among.named, {
      packageSha256: candidate.sha256,
      imagePackage: candidate.name,
      imageVersion: candidate.version,
      imageSha256: await this.images.put(image),
      ...(await this.configRecord(config)),
    });
    const resolvedTo = `${candidate.name}=${candidate.version}`;
    return { image, ...(config && { config }), resolvedTo };
  }

  private async fetchParts(wanted: DebianPackage): Promise<PackedKernel> {
    const sizeMib = (wanted.sizeBytes / MIB).toFixed(1);
    this.options.onProgress(`downloading ${wanted.name} ${wanted.version} (${sizeMib} MiB)`);
    const path = await downloadPackage(this.root, wanted, this.options.signal);
    const parts = await extractKernel(path, this.options.signal);
    await rm(path, { force: true });
    return parts;
  }

  private async configBeside(ofImage: DebianPackage, packages: readonly DebianPackage[]) {
    const beside = configPackage(packages, ofImage);
    return await this.orUnknown(async () => beside && (await this.fetchParts(beside)).config);
  }

  /** For a kernel that an earlier version kept alone, or whose configuration was out of reach. */
  private async withConfig({ kernel, known, named }: Cached): Promise<DebianKernel> {
    const config = await this.orUnknown(async () => {
      const packages = (await this.lists.fresh()) ?? (await this.lists.refreshOrOlder());
      const ofImage = selectPackage(packages, known.imagePackage, known.imageVersion);
      const holder = ofImage && (configPackage(packages, ofImage) ?? ofImage);
      if (holder) return (await this.fetchParts(holder)).config;
      throw new LabsweepError(`${this.root.mirror} no longer has ${kernel.resolvedTo}`);
    });
    const { configSha256: _, ...rest } = known;
    await this.remember(named, { ...rest, ...(await this.configRecord(config)) });
    return { ...kernel, ...(config && { config }) };
  }

  /** Nothing about a configuration is worth a sweep that cannot begin. */
  private async orUnknown(find: () => Promise<Uint8Array | undefined>) {
    try {
      return await find();
    } catch (error) {
      this.options.signal.throwIfAborted();
      if (!(error instanceof LabsweepError)) throw error;
      this.options.onProgress(`its configuration stays unknown: ${error.message}`);
      return undefined;
    }
  }

  private async configRecord(config: Uint8Array | undefined) {
    const configSoughtAtMs = Date.now();
    if (config === undefined) return { configSoughtAtMs };
    return { configSha256: await this.configs.put(config), configSoughtAtMs };
  }

  private async remember({ name, version }: Cached['named'], resolution: Resolution) {
    await this.recordOf(name, version).write(resolution);
  }

  private async chainFromCache(
    named: DebianPackage,
    chain: readonly DebianPackage[],
  ): Promise<Cached | undefined> {
    const cached = await this.fromCache(named);
    const isCurrent = chain.some((each) => each.sha256 === cached?.known.packageSha256);
    return isCurrent ? cached : undefined;
  }

  private async fromCache(named: Cached['named']): Promise<Cached | undefined> {
    const known = await this.recordOf(named.name, named.version).read();
    const image = known && (await this.images.get(known.imageSha256));
    if (!known || !image) return undefined;
    const config = known.configSha256 && (await this.configs.get(known.configSha256));
    const resolvedTo = `${known.imagePackage}=${known.imageVersion}`;
    return { kernel: { image, ...(config && { config }), resolvedTo }, known, named };
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

/** True when the archive may have it: never asked, asked long ago, or lost from the cache. */
function lacksConfig({ kernel, known }: Cached): boolean {
  if (kernel.config !== undefined) return false;
  const ageMs = Date.now() - (known.configSoughtAtMs ?? 0);
  return known.configSha256 !== undefined || ageMs < 0 || ageMs >= SEEK_AGAIN_AFTER_MS;
}
