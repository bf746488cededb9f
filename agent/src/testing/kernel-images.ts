// SPDX-License-Identifier: Apache-2.0
/** Tiny files in the shape of kernel images, for tests that read their headers. None boots. */

const SETUP_SECTORS = 1;
const SECTOR_BYTES = 512;
const PAYLOAD_OFFSET = 16;

/** A bzImage around a compressed kernel, behind which its build has written the unpacked length. */
export function makeBzImage(parts: {
  readonly payload: Uint8Array;
  readonly unpackedBytes: number;
}): Buffer {
  const head = Buffer.alloc((SETUP_SECTORS + 1) * SECTOR_BYTES + PAYLOAD_OFFSET);
  head[0x1f1] = SETUP_SECTORS;
  head.write('HdrS', 0x202);
  head.writeUInt16LE(0x020f, 0x206);
  head.writeUInt32LE(PAYLOAD_OFFSET, 0x248);
  head.writeUInt32LE(parts.payload.length + 4, 0x24c);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(parts.unpackedBytes);
  return Buffer.concat([head, parts.payload, length]);
}

/** An ELF file of one note segment, which lies right behind the headers. */
export function makePvhKernel(
  notes: readonly { readonly name: string; readonly type: number }[],
): Buffer {
  const segment = Buffer.concat(notes.map(makeNote));
  const head = Buffer.alloc(64 + 56);
  head.write('\x7fELF', 0, 'latin1');
  head[4] = 2;
  head.writeBigUInt64LE(64n, 0x20);
  head.writeUInt16LE(56, 0x36);
  head.writeUInt16LE(1, 0x38);
  head.writeUInt32LE(4, 64);
  head.writeBigUInt64LE(BigInt(head.length), 64 + 8);
  head.writeBigUInt64LE(BigInt(segment.length), 64 + 0x20);
  return Buffer.concat([head, segment]);
}

/** With a value of four bytes, as the entry of a kernel is. */
function makeNote({ name, type }: { readonly name: string; readonly type: number }): Buffer {
  const head = Buffer.alloc(12);
  const text = Buffer.alloc(Math.ceil((name.length + 1) / 4) * 4);
  head.writeUInt32LE(name.length + 1, 0);
  head.writeUInt32LE(4, 4);
  head.writeUInt32LE(type, 8);
  text.write(name);
  return Buffer.concat([head, text, Buffer.alloc(4)]);
}
