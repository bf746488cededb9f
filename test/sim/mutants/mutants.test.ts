// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: the simulation has teeth. Method: one deliberate defect after the other in the product's
 * own code; each is caught within some seeds, which the code as it is passes.
 */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type MutantResult, runMutant } from './mutant-process.js';
import { MUTANTS } from './mutants.js';

/** A defect that needs more bad nights than this is not caught. */
const SEED_COUNT = 100;

test('each deliberate defect is caught, by seeds that the code as it is passes', async (context) => {
  const waiting = [...MUTANTS];
  const results = new Map<string, MutantResult>();
  const work = async () => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const { name, firstSeed: first = 1 } = mutant;
      results.set(name, await runMutant(name, { first, count: SEED_COUNT }));
    }
  };
  await Promise.all([work(), work()]);
  const areas = new Set(MUTANTS.map(({ area }) => area));
  for (const area of ['lease', 'fold', 'settle', 'retry', 'order', 'precision', 'placement'])
    assert.ok(areas.has(area as never));
  const seeds = new Set<number>();
  for (const { name, area } of MUTANTS) {
    const { seed, promise } = results.get(name) ?? {};
    const caught = seed === undefined ? 'NOT CAUGHT' : `seed ${seed}: ${promise}`;
    context.diagnostic(`${area}: ${name}: ${caught}`);
    if (seed !== undefined) seeds.add(seed);
  }
  for (const { name } of MUTANTS) assert(results.get(name)?.seed !== undefined, `'${name}' lives`);
  for (const first of seeds) {
    const plain = await runMutant('', { first, count: 1 });
    assert.equal(plain.seed, undefined, `${plain.promise}: ${plain.detail}`);
  }
  context.diagnostic(`the code as it is passes seeds ${[...seeds].join(', ')}`);
});
