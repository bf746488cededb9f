// SPDX-License-Identifier: Apache-2.0
/**
 * Tells whether a file is a program for this machine, by its first bytes. It is asked beforehand,
 * since the C library hands whatever the kernel refuses to run to a shell, which then fails in its
 * own way.
 */
import { open } from 'node:fs/promises';

/** Magic, class, byte order and, at the end, the machine. */
const HEADER_BYTES = 20;
const MACHINE_OFFSET = 18;

/** Why the file is no program for this machine, or undefined when it is one. */
export async function whyNotExecutable(path: string): Promise<string | undefined> {
  const header = await readHeader(path);
  const own = await readHeader('/proc/self/exe');
  if (header.length < HEADER_BYTES || !header.subarray(0, 4).equals(own.subarray(0, 4))) {
    return 'it is not an ELF file';
  }
  const isSameClass = header.subarray(4, 6).equals(own.subarray(4, 6));
  const isSameMachine = header.subarray(MACHINE_OFFSET).equals(own.subarray(MACHINE_OFFSET));
  return isSameClass && isSameMachine ? undefined : 'it is an ELF file for another machine';
}

async function readHeader(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
