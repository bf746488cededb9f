// SPDX-License-Identifier: Apache-2.0
/**
 * Keeps CPUs out of deep idle states for as long as it is held. The kernel drops the hold with the
 * process, so that it needs no journal.
 */
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface LatencyHold {
  close(): void;
}

/** Undefined where the kernel has no such device; throws where it is not ours to open. */
export function holdLatency(root: string): LatencyHold | undefined {
  const path = join(root, 'dev/cpu_dma_latency');
  if (!existsSync(path)) return undefined;
  const file = openSync(path, 'r+');
  // Four bytes: the wake-up time that is bearable, in microseconds.
  writeSync(file, Buffer.alloc(4), 0, 4, 0);
  return { close: () => closeSync(file) };
}
