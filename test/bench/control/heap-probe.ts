// SPDX-License-Identifier: Apache-2.0
/**
 * Loaded into a controller with `node --expose-gc --import`: on SIGUSR2 it collects the garbage and
 * writes what is retained, one line of JSON, into the file that LABSWEEP_HEAP_PROBE names.
 */
import { writeFileSync } from 'node:fs';

process.on('SIGUSR2', () => {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  const retained = { heapBytes: heapUsed + external, arrayBuffers, rssBytes: rss };
  writeFileSync(process.env.LABSWEEP_HEAP_PROBE ?? '/dev/null', JSON.stringify(retained));
});
