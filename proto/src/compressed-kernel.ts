// SPDX-License-Identifier: Apache-2.0
/**
 * Where a bzImage keeps its compressed kernel, with what that is unpacked, and the configuration
 * that an unpacked kernel may carry (CONFIG_IKCONFIG). It unpacks nothing and reads no files.
 */

export type Compression = 'gzip' | 'xz' | 'zstd' | 'lz4' | 'lzma' | 'bzip2';

export interface CompressedKernel {
  readonly compression: Compression;
  /** Without the length that the kernel's build appends to it. */
  readonly payload: Uint8Array;
  /** What the unpacked kernel must have, by that length. */
  readonly unpackedBytes: number;
}

/** Offsets into a bzImage, from the boot protocol of Linux on x86 (version 2.08 or later). */
const SETUP_SECTORS = 0x1f1;
const BOOT_MAGIC = 0x202;
const PROTOCOL_VERSION = 0x206;
const PAYLOAD_OFFSET = 0x248;
const PAYLOAD_LENGTH = 0x24c;
const HEADER_BYTES = 0x250;
const SECTOR_BYTES = 512;
/** What the field means when it is 0. */
const SETUP_SECTORS_DEFAULT = 4;
const PROTOCOL_WITH_PAYLOAD = 0x0208;
const LENGTH_BYTES = 4;

const MAGIC: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['lz4', [0x02, 0x21, 0x4c, 0x18]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['lzma', [0x5d, 0x00, 0x00]],
];

/** Gives what keeps the image from being unpacked, as a text, where something does. */
export function findCompressedKernel(image: Uint8Array): CompressedKernel | string {
  if (image.length < HEADER_BYTES) return 'the image is too short for a bzImage';
  const view = viewOf(image);
  if (textAt(image, { offset: BOOT_MAGIC, length: 4 }) !== 'HdrS') return 'it is no bzImage';
  if (view.getUint16(PROTOCOL_VERSION, true) < PROTOCOL_WITH_PAYLOAD) {
    return 'its boot protocol is too old to say where its kernel lies';
  }
  const sectors = (view.getUint8(SETUP_SECTORS) || SETUP_SECTORS_DEFAULT) + 1;
  const start = sectors * SECTOR_BYTES + view.getUint32(PAYLOAD_OFFSET, true);
  const end = start + view.getUint32(PAYLOAD_LENGTH, true);
  if (end > image.length || end - start <= LENGTH_BYTES) return 'its compressed kernel is cut off';
  const payload = image.subarray(start, end);
  const compression = MAGIC.find(([, magic]) => magic.every((byte, i) => payload[i] === byte))?.[0];
  if (compression === undefined) return 'its compression is none that is known';
  return {
    compression,
    // The last field of gzip's own format is that length, so there nothing was appended.
    payload: compression === 'gzip' ? payload : payload.subarray(0, -LENGTH_BYTES),
    unpackedBytes: view.getUint32(end - LENGTH_BYTES, true),
  };
}

/**
 * What undoes each compression, from standard input or a file to standard output; gzip is Node's
 * own.
 */
export const UNPACK_COMMANDS: Readonly<
  Record<Exclude<Compression, 'gzip'>, readonly [string, ...string[]]>
> = {
  xz: ['xz', '--decompress', '--stdout', '--format=xz'],
  zstd: ['zstd', '--decompress', '--stdout', '--quiet'],
  lz4: ['lz4', '-d', '-c', '-q'],
  lzma: ['xz', '--decompress', '--stdout', '--format=lzma'],
  bzip2: ['bzip2', '--decompress', '--stdout'],
};

/** Around the gzipped text, as `scripts/extract-ikconfig` looks for them. */
const CONFIG_START = Buffer.from('IKCFG_ST\x1f\x8b\x08', 'latin1');
const CONFIG_END = Buffer.from('IKCFG_ED', 'latin1');
const MARK_BYTES = CONFIG_END.length;

/** The gzipped configuration in an unpacked kernel; undefined where it was built without. */
export function findPackedConfig(kernel: Uint8Array): Uint8Array | undefined {
  const bytes = Buffer.from(kernel.buffer, kernel.byteOffset, kernel.byteLength);
  const start = bytes.indexOf(CONFIG_START);
  const end = start < 0 ? -1 : bytes.indexOf(CONFIG_END, start);
  return end < 0 ? undefined : bytes.subarray(start + MARK_BYTES, end);
}

function textAt(bytes: Uint8Array, { offset, length }: { offset: number; length: number }) {
  return String.fromCharCode(...bytes.subarray(offset, offset + Math.min(length, 16)));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
