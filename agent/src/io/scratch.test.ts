// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { withFixtureTree } from '../testing/fixture-tree.js';
import { removeStaleScratch, withScratch } from './scratch.js';

test('the directory is there during use and gone afterwards, with all that is in it', async () => {
  await withFixtureTree({}, async (root) => {
    const parent = join(root, 'deep/scratch');
    const result = await withScratch(parent, async (directory) => {
      await writeFile(join(directory, 'console'), 'x');
      assert.equal((await readdir(parent)).length, 1);
      return 7;
    });
    assert.equal(result, 7);
    assert.deepEqual(await readdir(parent), []);
  });
});

test('it is gone after a failure too', async () => {
  await withFixtureTree({}, async (root) => {
    const failure = new Error('no');
    const use = withScratch(root, () => Promise.reject(failure));
    await assert.rejects(use, (error) => error === failure);
    assert.deepEqual(await readdir(root), []);
  });
});

test('only what dead agents left behind is removed', async () => {
  await withFixtureTree({}, async (root) => {
    const deadId = spawnSync('true').pid;
    for (const name of [`trial-${deadId}-abc`, `trial-${process.pid}-abc`, 'keep']) {
      await mkdir(join(root, name));
    }
    await removeStaleScratch(root);
    assert.deepEqual((await readdir(root)).sort(), ['keep', `trial-${process.pid}-abc`]);
  });
});
