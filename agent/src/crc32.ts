// SPDX-License-Identifier: Apache-2.0
/**
 * The CRC-32 of zlib and Ethernet, which the guest's frames carry. It guards against damage, not
 * malice.
 */

const POLYNOMIAL_REFLECTED = 0xedb88320;

/** The checksum of the bytes, as an unsigned 32-bit integer. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  }
  return ~crc >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let entry = index;
  for (let bit = 0; bit < 8; bit++) {
    entry = (entry >>> 1) ^ (entry & 1 ? POLYNOMIAL_REFLECTED : 0);
  }
  return entry;
});
