// SPDX-License-Identifier: Apache-2.0
/**
 * Reads new lines of the kernel's log. The file stays open for the life of the agent: /dev/kmsg
 * remembers for each reader how far it has read, and finding the end anew would mean reading all.
 */
import { closeSync, constants, existsSync, openSync, readSync } from 'node:fs';
import { KERNEL_LOG_RECORDS_MAX } from './hygiene-limits.js';

/** The kernel refuses to give a record to a smaller buffer. */
const RECORD_BYTES_MAX = 8192;

export class KernelLog {
  private file: number | undefined;

  /** The path is `/dev/kmsg` but for tests. */
  constructor(private readonly path: string) {}

  /**
   * Messages of the kernel itself since the last call, at first those since the machine started.
   * Undefined where the log is not ours to read.
   */
  readNew(): readonly string[] | undefined {
    if (!this.open()) return undefined;
    const chunks: Buffer[] = [];
    for (let count = 0; count < KERNEL_LOG_RECORDS_MAX; count++) {
      const chunk = this.readRecord();
      if (chunk === undefined) break;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8').split('\n').flatMap(messageOfRecord);
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private open(): boolean {
    if (this.file !== undefined) return true;
    if (!existsSync(this.path)) return false;
    try {
      this.file = openSync(this.path, constants.O_RDONLY | constants.O_NONBLOCK);
      return true;
    } catch {
      return false;
    }
  }

  private readRecord(): Buffer | undefined {
    const buffer = Buffer.allocUnsafe(RECORD_BYTES_MAX);
    try {
      const length = readSync(this.file ?? -1, buffer, 0, RECORD_BYTES_MAX, null);
      return length === 0 ? undefined : buffer.subarray(0, length);
    } catch (error) {
      // EPIPE: records were overwritten before we came; the next read goes on behind the gap.
      return (error as NodeJS.ErrnoException).code === 'EPIPE' ? Buffer.alloc(0) : undefined;
    }
  }
}

const FACILITY_SHIFT = 3;

/** Programs may write into the log as well; what they say is not the kernel's word. */
function messageOfRecord(line: string): string[] {
  const match = /^(\d+),\d+,\d+,[^;]*;(.*)$/.exec(line);
  const isKernel = match !== null && Number(match[1]) >> FACILITY_SHIFT === 0;
  return isKernel ? [match[2] ?? ''] : [];
}
