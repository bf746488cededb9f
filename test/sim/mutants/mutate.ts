// SPDX-License-Identifier: Apache-2.0
/** Module hooks of Node that put one mutant into the product while it is loaded. */
import { strict as assert } from 'node:assert';
import type { InitializeHook, LoadHook } from 'node:module';
import type { Mutant } from './mutants.js';

let mutant: Mutant | undefined;

export const initialize: InitializeHook<Mutant> = (data) => {
  mutant = data;
};

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  if (mutant === undefined || !url.endsWith(`/${mutant.file}`)) return loaded;
  const parts = String(loaded.source).split(mutant.from);
  assert.equal(parts.length, 2, `${mutant.file} has not exactly one '${mutant.from}'`);
  return { ...loaded, source: parts.join(mutant.to) };
};
