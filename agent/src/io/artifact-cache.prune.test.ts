// SPDX-License-Identifier: Apache-2.0
/** Goal: agents that share a cache may prune it at the same time. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ArtifactStore, sha256Of } from '@labsweep/proto';
import { ArtifactCache } from './artifact-cache.js';

test('a file that is gone when its age is asked for fails no trial', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-cache-'));
  context.after(() => rmSync(folder, { recursive: true }));
  for (let index = 0; index < 110; index += 1) writeFileSync(join(folder, `old-${index}`), '');
  // It is listed and cannot be looked at, as one that was removed in between.
  symlinkSync(join(folder, 'nowhere'), join(folder, 'gone'));
  const bytes = Buffer.from('a kernel');
  const store = { get: async () => bytes } as unknown as ArtifactStore;
  const path = await new ArtifactCache(folder).path(sha256Of(bytes), store);
  assert.deepEqual(await readFile(path), bytes);
  const left = readdirSync(folder);
  assert.ok(left.length <= 101, `${left.length} files are left`);
  assert.ok(!left.includes('gone'));
});
