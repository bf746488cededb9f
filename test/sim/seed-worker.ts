// SPDX-License-Identifier: Apache-2.0
/** A thread that runs the seeds it is sent, one after the other, and tells how each ended. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '@labsweep/proto';
import { runSeed } from './run-seed.js';
import type { PoolOptions, SeedResult } from './seed-pool.js';

const { isPlain } = workerData as PoolOptions;

parentPort?.on('message', (seed: number) => {
  void run(seed).then((result) => parentPort?.postMessage(result));
});

async function run(seed: number): Promise<SeedResult> {
  try {
    const { violation, steps, virtualMs, story, counts } = await runSeed({ seed, isPlain });
    const failure = violation && { promise: violation.promise, detail: violation.detail, story };
    return {
      seed,
      isPlain,
      steps,
      virtualMs,
      counts,
      ...(failure === undefined ? {} : { failure }),
    };
  } catch (error) {
    const failure = { promise: 'the simulation runs', detail: messageOf(error), story: [] };
    return { seed, isPlain, steps: 0, virtualMs: 0, counts: new Map(), failure };
  }
}
