// SPDX-License-Identifier: Apache-2.0
/**
 * A process of its own for one mutant: runs seeds until one fails, and tells its parent which. With
 * an empty name the product runs as it is.
 */
import { register } from 'node:module';
import type { MutantResult } from './mutant-process.js';
import { MUTANTS } from './mutants.js';

const [name = '', first = '1', count = '1'] = process.argv.slice(2);
const mutant = MUTANTS.find((each) => each.name === name);
if (mutant !== undefined) {
  register('./mutate.js', { parentURL: import.meta.url, data: mutant });
} else if (name !== '') throw new Error(`there is no mutant '${name}'`);

// Only now, so that the hooks see all of the product.
const { runSeed } = await import('../run-seed.js');
process.send?.(await run(Number(first), Number(count)));
process.disconnect?.();

async function run(firstSeed: number, seedCount: number): Promise<MutantResult> {
  for (let seed = firstSeed; seed < firstSeed + seedCount; seed += 1) {
    try {
      const { violation } = await runSeed({ seed, isPlain: false });
      if (violation !== undefined) return { seed, ...failureOf(violation) };
    } catch (error) {
      // A night without faults that does not come to its end: the defect needs no bad luck.
      return { seed, promise: 'a night without faults ends well', detail: String(error) };
    }
  }
  return { seed: undefined, promise: '', detail: '' };
}

function failureOf({ promise, detail }: { readonly promise: string; readonly detail: string }) {
  return { promise, detail };
}
