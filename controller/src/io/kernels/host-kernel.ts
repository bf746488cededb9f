// SPDX-License-Identifier: Apache-2.0
/** The kernel this box runs: its release, and its image where the box keeps a readable one. */
import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { readKernelImage } from './kernel-image.js';

export interface HostKernel {
  readonly release: string;
  /** Absent in containers, and where only root may read the image. */
  readonly image?: Uint8Array;
}

export interface HostKernelOptions {
  /** Where the file system begins; tests have one of their own. */
  readonly rootDirectory?: string;
  readonly release?: string;
  onProgress(line: string): void;
}

export async function findHostKernel(options: HostKernelOptions): Promise<HostKernel> {
  const running = options.release ?? release();
  for (const place of hostImagePlaces(running)) {
    const image = await readImage(`${options.rootDirectory ?? ''}${place}`, running, options);
    if (image) return { release: running, image };
  }
  options.onProgress(
    `${running} is running here; no image of it was found, so no guest can boot it`,
  );
  return { release: running };
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
  running: string,
  options: HostKernelOptions,
): Promise<Uint8Array | undefined> {
  try {
    const bytes = await readFile(path);
    const found = readKernelImage(bytes, path);
    if (found.release === running) return bytes;
    options.onProgress(`${path} is left aside: it is ${found.release}, running is ${running}`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT') options.onProgress(`${path} is left aside: ${(error as Error).message}`);
  }
  return undefined;
}
