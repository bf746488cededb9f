// SPDX-License-Identifier: Apache-2.0
/** Reads files that may rightly not exist, such as the console of a guest that never started. */
import { open } from 'node:fs/promises';

/** The first `bytesMax` bytes of the file; empty when there is no such file. */
export async function readIfPresent(path: string, bytesMax: number): Promise<Uint8Array> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const length = Math.min(size, bytesMax);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array(0);
    throw error;
  }
}
