// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the headers of unpacked kernels: whether one can be entered by PVH. It unpacks nothing and
 * reads no files.
 */

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
