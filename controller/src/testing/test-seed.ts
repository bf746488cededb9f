// SPDX-License-Identifier: Apache-2.0
/** Picks the seed of random tests: another one in each run, or the one to repeat a run with. */
import { randomInt } from 'node:crypto';
import type { TestContext } from 'node:test';

/** Prints the seed, so that a red run can be repeated with `LABSWEEP_TEST_SEED=<seed>`. */
export function testSeed(context: TestContext): number {
  const given = process.env.LABSWEEP_TEST_SEED;
  const seed = given === undefined ? randomInt(2 ** 32) : Number(given);
  context.diagnostic(`repeat with LABSWEEP_TEST_SEED=${seed}`);
  return seed;
}
