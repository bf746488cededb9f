// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sha256Of } from '@labsweep/proto';
import { isIntact, MARKS_FOLDER } from './checked-file.js';

async function makeFile(context: { after(work: () => Promise<void>): void }, content: string) {
  const folder = await mkdtemp(join(tmpdir(), 'labsweep-checked-'));
  context.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'kernel');
  await writeFile(path, content);
  return { folder, path, sha256: sha256Of(Buffer.from(content)) };
}

test('a file that was checked is believed until somebody writes to it', async (context) => {
  const { path, sha256 } = await makeFile(context, 'good kernel');
  assert.equal(await isIntact(path, sha256), true);
  assert.equal(await isIntact(path, sha256), true);
  await writeFile(path, 'evil kernel');
  assert.equal(await isIntact(path, sha256), false);
  await writeFile(path, 'good kernel');
  assert.equal(await isIntact(path, sha256), true);
});

test('a mark of another day is not believed', async (context) => {
  const { folder, path, sha256 } = await makeFile(context, 'good kernel');
  assert.equal(await isIntact(path, sha256), true);
  const mark = join(folder, MARKS_FOLDER, 'kernel');
  const [, description] = (await readFile(mark, 'utf8')).split(' ');
  await writeFile(mark, `${Date.now() - 25 * 60 * 60 * 1000} ${description}`);
  assert.equal(await isIntact(path, 'f'.repeat(64)), false, 'the content was looked at again');
  assert.equal(await isIntact(path, sha256), true);
  assert.match(await readFile(mark, 'utf8'), new RegExp(` ${'\\d+'}:`));
});

test('a missing file and one that never was right have no mark', async (context) => {
  const { folder, path, sha256 } = await makeFile(context, 'other bytes');
  assert.equal(await isIntact(join(folder, 'none'), sha256), false);
  assert.equal(await isIntact(path, 'f'.repeat(64)), false);
  assert.deepEqual(await readdir(folder), ['kernel']);
});
