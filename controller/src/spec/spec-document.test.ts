// SPDX-License-Identifier: Apache-2.0
/** A key that the document does not explain is one that nobody uses. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { formatKeyPath, type KeyPath } from './key-path.js';
import { adviseAt } from './schema.js';

const DOCUMENT = readFileSync(new URL('../../../docs/SPEC.md', import.meta.url), 'utf8');

const TABLES: readonly KeyPath[] = [
  [],
  ['workload'],
  ['workload', 'output'],
  ['workload', 'metrics', 'any'],
  ['environments', 0],
  ['hygiene'],
  ['audit'],
  ['attribution'],
  ['gap'],
];

test('Each key of a spec is in the document.', () => {
  for (const table of TABLES) {
    const { knownKeys } = adviseAt(table);
    assert(knownKeys.length > 0, `${formatKeyPath(table)} is no table`);
    for (const key of knownKeys) {
      const header = formatKeyPath([...table, key]);
      const isThere = DOCUMENT.includes(`\`${key}\``) || DOCUMENT.includes(`[${header}`);
      assert(isThere, `${header} is missing in docs/SPEC.md`);
    }
  }
});
