// SPDX-License-Identifier: Apache-2.0
/** Writes frames as the guest's init does, for tests that need a channel to read. */
import { crc32 } from 'node:zlib';

/**
 * One frame for each `kind text`, numbered from 0. The end frame must be asked for like any other.
 */
export function frameText(frames: readonly string[]): string {
  return frames
    .map((frame, sequence) => {
      const checksum = crc32(`${sequence} ${frame}`).toString(16).padStart(8, '0');
      return `LS1 ${sequence} ${checksum} ${frame}\n`;
    })
    .join('');
}
