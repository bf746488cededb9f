// SPDX-License-Identifier: Apache-2.0
/**
 * The configuration that a bzImage carries in itself, where it was built with CONFIG_IKCONFIG. It
 * is the image's own word, and needs no file beside it.
 */
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import {
  type CompressedKernel,
  findCompressedKernel,
  findPackedConfig,
  messageOf,
  UNPACK_COMMANDS,
} from '@labsweep/proto';
import { runFilter } from '../command.js';

/** An unpacked kernel has about 60 MiB; a debugging one may have ten times as much. */
const KERNEL_BYTES_MAX = 1024 * 1024 * 1024;
const CONFIG_BYTES_MAX = 4 * 1024 * 1024;

export interface EmbeddedConfigOptions {
  readonly signal: AbortSignal;
  onProgress(line: string): void;
}

/** Undefined where the image has none, or cannot be unpacked: it may be bootable all the same. */
export async function embeddedConfig(
  image: Uint8Array,
  options: EmbeddedConfigOptions,
): Promise<Uint8Array | undefined> {
  const compressed = findCompressedKernel(image);
  if (typeof compressed === 'string') return undefined;
  try {
    const packed = findPackedConfig(await unpack(compressed, options.signal));
    if (packed === undefined) return undefined;
    return await promisify(gunzip)(packed, { maxOutputLength: CONFIG_BYTES_MAX });
  } catch (error) {
    options.signal.throwIfAborted();
    options.onProgress(`its configuration stays unknown: ${messageOf(error)}`);
    return undefined;
  }
}

async function unpack(
  { compression, payload }: CompressedKernel,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (compression === 'gzip') {
    return promisify(gunzip)(payload, { maxOutputLength: KERNEL_BYTES_MAX });
  }
  const [tool, ...args] = UNPACK_COMMANDS[compression];
  const input = Readable.from([payload]);
  const { stdout } = await runFilter(tool, args, {
    input,
    signal,
    outputLimitBytes: KERNEL_BYTES_MAX,
  });
  return stdout;
}
