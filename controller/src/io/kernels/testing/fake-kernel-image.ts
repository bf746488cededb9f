// SPDX-License-Identifier: Apache-2.0
/** For tests: a file with the header of an x86-64 bzImage and nothing to boot behind it. */

const SETUP_SECTORS = 1;
const VERSION_OFFSET = 0x300;
const PAYLOAD_OFFSET = 0x248;

/** What `uname -v` would say of such a kernel. */
export const FAKE_VERSION = '#1 SMP';

/** `bodyBytes` of filling follow the header; they differ with `release`, and do not compress. */
export function fakeKernelImage(release: string, bodyBytes = 4096): Buffer {
  return imageAround(release, noise(release, bodyBytes));
}

/** An image whose header says that this is its compressed kernel, and unpacks to so much. */
export function fakePackedImage(
  release: string,
  packed: { readonly payload: Uint8Array; readonly unpackedBytes: number },
): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(packed.unpackedBytes);
  const body = Buffer.concat([packed.payload, length]);
  const image = imageAround(release, body);
  image.writeUInt32LE(0, PAYLOAD_OFFSET);
  image.writeUInt32LE(body.length, PAYLOAD_OFFSET + 4);
  return image;
}

function imageAround(release: string, body: Uint8Array): Buffer {
  const header = Buffer.alloc((SETUP_SECTORS + 1) * 512);
  header.writeUInt8(SETUP_SECTORS, 0x1f1);
  header.writeUInt32LE(Math.ceil(body.length / 16), 0x1f4);
  header.writeUInt16LE(0xaa55, 0x1fe);
  header.write('HdrS', 0x202, 'latin1');
  header.writeUInt16LE(0x020f, 0x206);
  header.writeUInt16LE(VERSION_OFFSET - 0x200, 0x20e);
  header.writeUInt16LE(1, 0x236);
  header.write(`${release} (test@example.org) ${FAKE_VERSION}\0`, VERSION_OFFSET, 'latin1');
  return Buffer.concat([header, body]);
}

function noise(seedText: string, sizeBytes: number): Buffer {
  let state = [...seedText].reduce((sum, character) => sum * 31 + character.charCodeAt(0), 7) >>> 0;
  const bytes = Buffer.alloc(sizeBytes);
  for (let index = 0; index < sizeBytes; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}
