// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the headers of kernel images: where a bzImage keeps its compressed kernel, and whether an
 * unpacked kernel can be entered by PVH. It unpacks nothing and reads no files.
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

/** Offsets into the header of a 64-bit ELF file, and into an entry of its program header. */
const ELF_HEADER_BYTES = 64;
const ELF_CLASS = 4;
const ELF_CLASS_64 = 2;
const PROGRAM_HEADERS = 0x20;
const PROGRAM_HEADER_BYTES = 0x36;
const PROGRAM_HEADER_COUNT = 0x38;
const ENTRY_OFFSET = 0x08;
const ENTRY_BYTES = 0x20;
const ENTRY_FIELDS_BYTES = 0x28;
const TYPE_NOTE = 4;
const NOTE_HEADER_BYTES = 12;
/** Under the name `Xen`: the 32-bit address at which a PVH loader enters the kernel. */
const NOTE_PVH_ENTRY = 18;

export function isElf(bytes: Uint8Array): boolean {
  return textAt(bytes, { offset: 0, length: 4 }) === '\x7fELF';
}

/** Why QEMU cannot boot this unpacked kernel by PVH; undefined when it can. */
export function whyNotPvh(kernel: Uint8Array): string | undefined {
  if (kernel.length < ELF_HEADER_BYTES || !isElf(kernel)) return 'it is no ELF file';
  if (kernel[ELF_CLASS] !== ELF_CLASS_64) return 'it is no 64-bit ELF file';
  const hasEntry = noteSegments(kernel).some(hasPvhEntry);
  return hasEntry ? undefined : 'it was built without CONFIG_PVH, so it has no entry for it';
}

function noteSegments(kernel: Uint8Array): Uint8Array[] {
  const view = viewOf(kernel);
  const start = Number(view.getBigUint64(PROGRAM_HEADERS, true));
  const bytes = view.getUint16(PROGRAM_HEADER_BYTES, true);
  const count = view.getUint16(PROGRAM_HEADER_COUNT, true);
  const segments: Uint8Array[] = [];
  for (let index = 0; index < count; index++) {
    const entry = start + index * bytes;
    if (entry + ENTRY_FIELDS_BYTES > kernel.length) break;
    if (view.getUint32(entry, true) !== TYPE_NOTE) continue;
    const offset = Number(view.getBigUint64(entry + ENTRY_OFFSET, true));
    const length = Number(view.getBigUint64(entry + ENTRY_BYTES, true));
    segments.push(kernel.subarray(offset, offset + length));
  }
  return segments;
}

function hasPvhEntry(notes: Uint8Array): boolean {
  const view = viewOf(notes);
  let offset = 0;
  while (offset + NOTE_HEADER_BYTES <= notes.length) {
    const nameBytes = view.getUint32(offset, true);
    const valueBytes = view.getUint32(offset + 4, true);
    const name = textAt(notes, { offset: offset + NOTE_HEADER_BYTES, length: nameBytes });
    if (name === 'Xen\0' && view.getUint32(offset + 8, true) === NOTE_PVH_ENTRY) return true;
    offset += NOTE_HEADER_BYTES + padToFour(nameBytes) + padToFour(valueBytes);
  }
  return false;
}

function padToFour(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

function textAt(bytes: Uint8Array, { offset, length }: { offset: number; length: number }) {
  return String.fromCharCode(...bytes.subarray(offset, offset + Math.min(length, 16)));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
