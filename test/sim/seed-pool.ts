// SPDX-License-Identifier: Apache-2.0
/** Runs many seeds on all cores, and sums up what happened in them. It judges nothing. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

export interface SeedFailure {
  readonly promise: string;
  readonly detail: string;
  /** The last lines of the story. */
  readonly story: readonly string[];
}

export interface PoolOptions {
  /** Nights without what was drawn into them later; see World. */
  readonly isPlain: boolean;
}

export interface SeedResult {
  readonly seed: number;
  readonly isPlain: boolean;
  readonly steps: number;
  readonly virtualMs: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly failure?: SeedFailure;
}

export interface PoolSummary {
  readonly seedCount: number;
  readonly failures: readonly (SeedResult & { readonly failure: SeedFailure })[];
  readonly steps: number;
  readonly virtualMs: number;
  readonly tookMs: number;
  readonly counts: ReadonlyMap<string, number>;
}

/** Stops early once so many have failed. */
const FAILURES_MAX = 20;
const YOUNG_MIB = 128;

export async function runSeeds(
  seeds: readonly number[],
  options: PoolOptions = { isPlain: false },
): Promise<PoolSummary> {
  const startedMs = performance.now();
  const results: SeedResult[] = [];
  const waiting = [...seeds];
  let failed = 0;
  const next = () => (failed < FAILURES_MAX ? waiting.shift() : undefined);
  const count = Math.min(availableParallelism(), seeds.length);
  const take = (result: SeedResult) => {
    results.push(result);
    if (result.failure !== undefined) failed += 1;
  };
  await Promise.all(Array.from({ length: count }, () => runWorker(options, next, take)));
  return summarise(results, performance.now() - startedMs);
}

function runWorker(
  workerData: PoolOptions,
  next: () => number | undefined,
  take: (result: SeedResult) => void,
): Promise<void> {
  // Nights make much that is short-lived: with little room for it a fifth of the time is
  // collecting.
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MIB };
  const url = new URL('./seed-worker.js', import.meta.url);
  const worker = new Worker(url, { resourceLimits, workerData });
  return new Promise((resolve, reject) => {
    const feed = () => {
      const seed = next();
      if (seed === undefined) worker.terminate().then(() => resolve(), reject);
      else worker.postMessage(seed);
    };
    worker.on('message', (result: SeedResult) => {
      take(result);
      feed();
    });
    worker.on('error', reject);
    feed();
  });
}

function summarise(results: readonly SeedResult[], tookMs: number): PoolSummary {
  const counts = new Map<string, number>();
  for (const result of results) {
    for (const [what, count] of result.counts) counts.set(what, (counts.get(what) ?? 0) + count);
  }
  const failures = results.flatMap((result) => {
    return result.failure === undefined ? [] : [{ ...result, failure: result.failure }];
  });
  return {
    seedCount: results.length,
    failures: failures.toSorted((a, b) => a.seed - b.seed),
    steps: results.reduce((sum, { steps }) => sum + steps, 0),
    virtualMs: results.reduce((sum, { virtualMs }) => sum + virtualMs, 0),
    tookMs,
    counts,
  };
}

/** A few lines for people. */
export function summaryText(summary: PoolSummary): string {
  const { seedCount, failures, steps, virtualMs, tookMs, counts } = summary;
  const hours = Math.round(virtualMs / 3_600_000);
  const seconds = (tookMs / 1_000).toFixed(1);
  const lines = [...counts].toSorted().map(([what, count]) => `  ${count} x ${what}`);
  const failed = `${failures.length} failed`;
  return [
    ...lines,
    `${seedCount} seeds, ${failed}; ${steps} steps, ${hours} h of virtual time in ${seconds} s`,
  ].join('\n');
}

export function failureText({ seed, isPlain, failure }: PoolSummary['failures'][number]): string {
  return [
    `seed ${seed}: ${failure.promise}: ${failure.detail}`,
    `repeat with: npm run sim -- --seed ${seed} --steps${isPlain ? ' --plain' : ''}`,
  ].join('\n');
}
