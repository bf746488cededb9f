// SPDX-License-Identifier: Apache-2.0
/**
 * `npm run sim`: runs seeds on all cores and prints those that fail with the end of their story, or
 * one seed with its whole story.
 */
import { parseArgs } from 'node:util';
import { runSeed } from './run-seed.js';
import { failureText, runSeeds, summaryText } from './seed-pool.js';

const USAGE = `npm run sim -- [--seed N] [--steps] [--plain] [--seeds M]
  --seed N   the first seed (default 1)
  --seeds M  so many seeds from there on (default 1)
  --steps    prints everything that happens; for one seed
  --plain    no sweep has a precision, a placement or a priority`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    steps: { type: 'boolean', default: false },
    plain: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(USAGE);
else process.exitCode = await main();

async function main(): Promise<number> {
  const first = Number(values.seed);
  const count = Number(values.seeds);
  const isWrong = !Number.isSafeInteger(first) || !Number.isSafeInteger(count) || count < 1;
  if (isWrong || (values.steps && count > 1)) {
    console.error(USAGE);
    return 2;
  }
  return values.steps ? tellOne(first) : runMany(first, count);
}

async function tellOne(seed: number): Promise<number> {
  const { violation, steps, virtualMs } = await runSeed({
    seed,
    isPlain: values.plain,
    print: console.log,
  });
  if (violation !== undefined) console.log(`seed ${seed}: ${violation.message}`);
  console.log(`${steps} steps, ${Math.round(virtualMs / 1_000)} s of virtual time`);
  return violation === undefined ? 0 : 1;
}

async function runMany(first: number, count: number): Promise<number> {
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  const summary = await runSeeds(seeds, { isPlain: values.plain });
  for (const failed of summary.failures) {
    console.log(failed.failure.story.join('\n'));
    console.log(failureText(failed));
  }
  console.log(summaryText(summary));
  return summary.failures.length === 0 ? 0 : 1;
}
