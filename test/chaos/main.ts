// SPDX-License-Identifier: Apache-2.0
/**
 * `npm run chaos -- --minutes 15 --seed 1`: hurts a lab of real processes and prints what was done
 * to it and whether its tables are those of a calm lab. Exit code 1 when they are not.
 */
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { newFolder, runChaos } from './chaos-run.js';
import { summaryLines, verdictOf } from './summary.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '15' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    keep: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const durationMs = Number(values.minutes) * 60_000;
if (!Number.isInteger(seed) || seed < 0 || !(durationMs > 0)) {
  console.error('usage: npm run chaos -- [--minutes N] [--seed N] [--keep]');
  process.exit(2);
}
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
const folder = newFolder(tmpdir());
console.log(`chaos: seed ${seed}, ${values.minutes} minutes, in ${folder}`);
try {
  const { keep } = values;
  const note = (line: string) => console.log(line);
  const result = await runChaos({ seed, durationMs, folder, keep, signal: stop.signal, note });
  for (const line of summaryLines(result, seed)) console.log(line);
  process.exit(verdictOf(result).length === 0 ? 0 : 1);
} catch (error) {
  console.error(`chaos: ${error instanceof Error ? error.message : error} (seed ${seed})`);
  process.exit(stop.signal.aborted ? 130 : 1);
}
