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
const SEEDS = { first: 1, count: 100 };

test('each deliberate defect is caught, by seeds that the code as it is passes', async (context) => {
  const names = MUTANTS.map(({ name }) => name);
  const results = new Map<string, MutantResult>();
  const work = async () => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      results.set(name, await runMutant(name, SEEDS));
    }
  };
  await Promise.all([work(), work()]);
  const areas = new Set(MUTANTS.map(({ area }) => area));
  for (const area of ['lease', 'fold', 'settle', 'retry', 'order'])
    assert.ok(areas.has(area as never));
  let last = 0;
  for (const { name, area } of MUTANTS) {
    const { seed, promise } = results.get(name) ?? {};
    const caught = seed === undefined ? 'NOT CAUGHT' : `seed ${seed}: ${promise}`;
    context.diagnostic(`${area}: ${name}: ${caught}`);
    last = Math.max(last, seed ?? 0);
  }
  for (const { name } of MUTANTS) assert(results.get(name)?.seed !== undefined, `'${name}' lives`);
  const plain = await runMutant('', { first: SEEDS.first, count: last });
  assert.equal(plain.seed, undefined, `${plain.promise}: ${plain.detail}`);
  context.diagnostic(`the code as it is passes seeds ${SEEDS.first} to ${last}`);
});
