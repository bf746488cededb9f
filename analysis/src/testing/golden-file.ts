// SPDX-License-Identifier: Apache-2.0
/** Compares a whole output with a reviewed file; one environment variable rewrites the file. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

const TESTDATA = new URL('../../testdata/', import.meta.url);

export function compareGolden(name: string, actual: string): void {
  const file = new URL(name, TESTDATA);
  if (process.env.LABSWEEP_UPDATE_GOLDEN === '1') writeFileSync(file, actual);
  assert.equal(actual, readFileSync(file, 'utf8'), `${name}; LABSWEEP_UPDATE_GOLDEN=1 rewrites it`);
}
