// SPDX-License-Identifier: Apache-2.0
/**
 * Turns what a spec names into bytes with a sha256, once, at submission. The caller stores the
 * bytes; the cache below is for the next submission on this machine.
 */
import {
  type KernelSpec,
  LabsweepError,
  messageOf,
  type ResolvedKernel,
  sha256Of,
  UsageError,
} from '@labsweep/proto';
import { configPlaces, isConfigOf } from './config-places.js';
import { type DebianArchive, debianArchiveOf } from './debian/debian-archive.js';
import { resolveDebianSource } from './debian/debian-source.js';
import { embeddedConfig } from './embedded-config.js';
import { findHostKernel } from './host-kernel.js';
import { readKernelImage } from './kernel-image.js';

export interface ResolveKernelOptions {
  /** Holds `kernels/<sha256>` and `debian/<suite>/`; may be shared by processes and thrown away. */
  readonly cacheDirectory: string;
  readonly signal: AbortSignal;
  /** Where `debian:` sources come from; Debian's own archive, or what the environment names. */
  readonly archive?: DebianArchive;
  /** Reads a path as the user wrote it, relative to the user's place, which may be another box. */
  localFile(path: string): Promise<Uint8Array>;
  /** Gets one line at a time, each with the kernel's name in front. */
  onProgress(line: string): void;
}

export interface KernelWithImage {
  readonly resolved: ResolvedKernel;
  /** Present exactly when `resolved.image` is; its sha256 is the one that stands there. */
  readonly image?: Uint8Array;
  /** Present exactly when `resolved.config` is; its sha256 is the one that stands there. */
  readonly config?: Uint8Array;
}

/** Call it for one kernel after the other. Throws a LabsweepError that names the kernel. */
export async function resolveKernel(
  kernel: KernelSpec,
  options: ResolveKernelOptions,
): Promise<KernelWithImage> {
  const onProgress = (line: string) => options.onProgress(`${kernel.name}: ${line}`);
  try {
    return await resolveSource(kernel, options, onProgress);
  } catch (error) {
    options.signal.throwIfAborted();
    if (!(error instanceof LabsweepError)) throw error;
    const message = `kernel ${kernel.name} (${kernel.text}): ${error.message}`;
    const Kind = error instanceof UsageError ? UsageError : LabsweepError;
    throw new Kind(message, { cause: error });
  }
}

async function resolveSource(
  kernel: KernelSpec,
  options: ResolveKernelOptions,
  onProgress: (line: string) => void,
): Promise<KernelWithImage> {
  const { source } = kernel;
  const { cacheDirectory, signal } = options;
  switch (source.kind) {
    case 'debian': {
      const archive = options.archive ?? debianArchiveOf(process.env);
      const places = { cacheDirectory, signal, archive, onProgress };
      const { image, config, resolvedTo } = await resolveDebianSource(source, places);
      const exact = kernel.text.endsWith(`/${resolvedTo}`);
      const text = exact ? kernel.text : `${kernel.text} (${resolvedTo})`;
      return withConfig(withImage(kernel, text, image), config);
    }
    case 'file': {
      const found = withLocalImage(kernel, await readLocalFile(source.path, options));
      const embedded = found.image && (await embeddedConfig(found.image, { signal, onProgress }));
      const release = found.resolved.image?.release ?? '';
      const path = source.path;
      return withConfig(found, embedded ?? (await configBeside({ path, release }, options)));
    }
    case 'host': {
      const host = await findHostKernel({ onProgress });
      const text = `${kernel.text} (${host.release})`;
      const found = host.image
        ? withImage(kernel, text, host.image)
        : { resolved: { name: kernel.name, source: text } };
      return withConfig(found, host.config);
    }
  }
}

async function readLocalFile(path: string, options: ResolveKernelOptions): Promise<Uint8Array> {
  try {
    return await options.localFile(path);
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** What was not sent along with the image is not there. */
async function configBeside(
  { path, release }: { readonly path: string; readonly release: string },
  options: ResolveKernelOptions,
): Promise<Uint8Array | undefined> {
  for (const place of configPlaces(path)) {
    const config = await options.localFile(place).catch(() => undefined);
    options.signal.throwIfAborted();
    if (config && isConfigOf(Buffer.from(config).toString(), release)) return config;
  }
  return undefined;
}

/** A file is the user's to mend, whatever is wrong with it. */
function withLocalImage(kernel: KernelSpec, image: Uint8Array): KernelWithImage {
  try {
    return withImage(kernel, kernel.text, image);
  } catch (error) {
    if (!(error instanceof LabsweepError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

function withImage(kernel: KernelSpec, source: string, image: Uint8Array): KernelWithImage {
  const { release } = readKernelImage(image, source);
  const sha256 = sha256Of(image);
  return {
    resolved: { name: kernel.name, source, image: { sha256, sizeBytes: image.length, release } },
    image,
  };
}

function withConfig(found: KernelWithImage, config: Uint8Array | undefined): KernelWithImage {
  if (config === undefined) return found;
  const told = { sha256: sha256Of(config), sizeBytes: config.length };
  return { ...found, resolved: { ...found.resolved, config: told }, config };
}
