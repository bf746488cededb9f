// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel this box runs: its release, its configuration, and its image where the box keeps a
 * readable one.
 */
import { readFile } from 'node:fs/promises';
import { release, version } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { readKernelImage } from './kernel-image.js';

export interface HostKernel {
  readonly release: string;
  /** Absent in containers, and where only root may read the image. */
  readonly image?: Uint8Array;
  /** The text with which it was configured, where the box tells it. */
  readonly config?: Uint8Array;
}

export interface HostKernelOptions {
  /** Where the file system begins; tests have one of their own. */
  readonly rootDirectory?: string;
  readonly release?: string;
  /** As `uname -v` says it: a security update may keep the release, and builds it anew. */
  readonly version?: string;
  onProgress(line: string): void;
}

const CONFIG_BYTES_MAX = 4 * 1024 * 1024;

export async function findHostKernel(options: HostKernelOptions): Promise<HostKernel> {
  const running = { release: options.release ?? release(), version: options.version ?? version() };
  const root = options.rootDirectory ?? '';
  const config = await readConfig(root, running.release);
  const found = { release: running.release, ...(config && { config }) };
  for (const place of hostImagePlaces(running.release)) {
    const image = await readImage(`${root}${place}`, running, options);
    if (image) return { ...found, image };
  }
  options.onProgress(
    `${running.release} is running here; no image of it was found, so no guest can boot it`,
  );
  return found;
}

/** The running kernel's own word first: an update may have put another file in /boot. */
async function readConfig(root: string, running: string): Promise<Uint8Array | undefined> {
  try {
    const packed = await readFile(`${root}/proc/config.gz`);
    return gunzipSync(packed, { maxOutputLength: CONFIG_BYTES_MAX });
  } catch {
    return await readFile(`${root}/boot/config-${running}`).catch(() => undefined);
  }
}

/** Where distributions keep the image of the kernel that they have booted. */
export function hostImagePlaces(running = release()): readonly string[] {
  return [
    `/boot/vmlinuz-${running}`,
    `/usr/lib/modules/${running}/vmlinuz`,
    `/lib/modules/${running}/vmlinuz`,
  ];
}

async function readImage(
  path: string,
  running: { readonly release: string; readonly version: string },
  options: HostKernelOptions,
): Promise<Uint8Array | undefined> {
  try {
    const bytes = await readFile(path);
    const found = readKernelImage(bytes, path);
    const isSameRelease = found.release === running.release;
    if (isSameRelease && found.versionString.endsWith(` ${running.version}`)) return bytes;
    const [is, runs] = isSameRelease
      ? [found.versionString, `${running.version}; reboot the box to run it`]
      : [found.release, running.release];
    options.onProgress(`${path} is left aside: it is ${is}, running is ${runs}`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT') options.onProgress(`${path} is left aside: ${(error as Error).message}`);
  }
  return undefined;
}
