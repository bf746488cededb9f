// SPDX-License-Identifier: Apache-2.0
/**
 * Up to which physical address a kernel needs memory before it can say a word: an unpacked one by
 * its segments, a bzImage by what its boot protocol says. It reads headers and no files.
 */
import { isElf } from './kernel-image.js';

/** Where program headers and the setup header lie in every kernel that was seen. */
export const KERNEL_HEADER_BYTES = 4096;

/** Offsets into a 64-bit ELF file, and into an entry of its program header. */
const PROGRAM_HEADERS = 0x20;
const PROGRAM_HEADER_BYTES = 0x36;
const PROGRAM_HEADER_COUNT = 0x38;
const ENTRY_ADDRESS = 0x18;
const ENTRY_MEMORY_BYTES = 0x28;
const ENTRY_BYTES_MIN = 0x38;
const TYPE_LOAD = 1;

/** Offsets into a bzImage; version 2.10 of the boot protocol brought the last two. */
const BOOT_MAGIC = 0x202;
const HDRS = 0x53726448;
const PROTOCOL_VERSION = 0x206;
const PROTOCOL_WITH_SIZE = 0x020a;
const PREFERRED_ADDRESS = 0x258;
const INIT_SIZE = 0x260;
const SETUP_HEADER_BYTES = 0x264;

/** In bytes from 0; undefined where the image does not say. `header` is its first 4 KiB. */
export function kernelEnd(header: Uint8Array): number | undefined {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (header.length < SETUP_HEADER_BYTES) return undefined;
  return isElf(header) ? endOfSegments(view) : endOfSetup(view);
}

function endOfSegments(view: DataView): number | undefined {
  const start = Number(view.getBigUint64(PROGRAM_HEADERS, true));
  const bytes = view.getUint16(PROGRAM_HEADER_BYTES, true);
  const count = view.getUint16(PROGRAM_HEADER_COUNT, true);
  let end = 0;
  for (let index = 0; index < count; index++) {
    const entry = start + index * bytes;
    if (entry + ENTRY_BYTES_MIN > view.byteLength) return undefined;
    if (view.getUint32(entry, true) !== TYPE_LOAD) continue;
    const address = Number(view.getBigUint64(entry + ENTRY_ADDRESS, true));
    const size = Number(view.getBigUint64(entry + ENTRY_MEMORY_BYTES, true));
    end = Math.max(end, address + size);
  }
  return end === 0 ? undefined : end;
}

function endOfSetup(view: DataView): number | undefined {
  if (view.getUint32(BOOT_MAGIC, true) !== HDRS) return undefined;
  if (view.getUint16(PROTOCOL_VERSION, true) < PROTOCOL_WITH_SIZE) return undefined;
  return Number(view.getBigUint64(PREFERRED_ADDRESS, true)) + view.getUint32(INIT_SIZE, true);
}
