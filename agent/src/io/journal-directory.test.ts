// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { journalDirectory } from './journal-directory.js';

test('agents of root share one place, others keep their journal with their state', async () => {
  const state = await mkdtemp(join(tmpdir(), 'labsweep-state-'));
  try {
    const found = await journalDirectory(state);
    await access(found, constants.W_OK);
    const isShared = await access('/run/labsweep', constants.W_OK).then(
      () => true,
      () => false,
    );
    assert.equal(found, isShared ? '/run/labsweep' : join(state, 'journal'));
    assert.equal(
      await journalDirectory(join(state, 'other')),
      isShared ? found : join(state, 'other', 'journal'),
    );
  } finally {
    await rm(state, { recursive: true, force: true });
  }
});
