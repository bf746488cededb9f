// SPDX-License-Identifier: Apache-2.0
/**
 * `npm run sim`: runs seeds one after the other and prints the first that fails with the end of its
 * story, or one seed with its whole story.
 */
import { parseArgs } from 'node:util';
import { runSeed } from './run-seed.js';

const USAGE = `npm run sim -- [--seed N] [--steps] [--seeds M]
  --seed N   the first seed (default 1)
  --seeds M  so many seeds from there on (default 1)
  --steps    prints everything that happens`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    steps: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(USAGE);
else process.exitCode = await main();

async function main(): Promise<number> {
  const first = Number(values.seed);
  const count = Number(values.seeds);
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count) || count < 1) {
    console.error(USAGE);
    return 2;
  }
  const startedMs = performance.now();
  let virtualMs = 0;
  let steps = 0;
  let failures = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const end = await runSeed(seed, values.steps ? console.log : undefined);
    virtualMs += end.virtualMs;
    steps += end.steps;
    if (end.violation === undefined) continue;
    failures += 1;
    if (!values.steps) console.log(end.story.join('\n'));
    console.log(`seed ${seed}: ${end.violation.message}`);
    console.log(`repeat with: npm run sim -- --seed ${seed} --steps`);
  }
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  const hours = (virtualMs / 3_600_000).toFixed(1);
  console.log(`${count} seeds, ${failures} failed; ${steps} steps, ${hours} h in ${seconds} s`);
  return failures === 0 ? 0 : 1;
}
