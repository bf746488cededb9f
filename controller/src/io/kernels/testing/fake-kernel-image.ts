// SPDX-License-Identifier: Apache-2.0
/** For tests: a file with the header of an x86-64 bzImage and nothing to boot behind it. */

const SETUP_SECTORS = 1;
const VERSION_OFFSET = 0x300;

/** What `uname -v` would say of such a kernel. */
export const FAKE_VERSION = '#1 SMP';

/** `bodyBytes` of filling follow the header; they differ with `release`, and do not compress. */
export function fakeKernelImage(release: string, bodyBytes = 4096): Buffer {
  const header = Buffer.alloc((SETUP_SECTORS + 1) * 512);
  header.writeUInt8(SETUP_SECTORS, 0x1f1);
  header.writeUInt32LE(Math.ceil(bodyBytes / 16), 0x1f4);
  header.writeUInt16LE(0xaa55, 0x1fe);
  header.write('HdrS', 0x202, 'latin1');
  header.writeUInt16LE(0x020f, 0x206);
  header.writeUInt16LE(VERSION_OFFSET - 0x200, 0x20e);
  header.writeUInt16LE(1, 0x236);
  header.write(`${release} (test@example.org) ${FAKE_VERSION}\0`, VERSION_OFFSET, 'latin1');
  return Buffer.concat([header, noise(release, bodyBytes)]);
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
