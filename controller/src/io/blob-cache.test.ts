// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { BlobCache } from './blob-cache.js';
import { CachedRecord } from './cached-record.js';

async function withDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'labsweep-cache-'));
  await body(directory).finally(() => rm(directory, { recursive: true, force: true }));
}

test('content comes back by its hash, also when several write it at once', async () => {
  await withDirectory(async (directory) => {
    const cache = new BlobCache(join(directory, 'blobs'));
    const content = Buffer.from('abc');
    const [sha256] = await Promise.all([1, 2, 3].map(() => cache.put(content)));
    assert.equal(sha256, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    assert.deepEqual(await cache.get(sha256), content);
    assert.deepEqual(await readdir(join(directory, 'blobs')), [sha256]);
  });
});

test('content that the disk has altered is not handed out, and can be put again', async () => {
  await withDirectory(async (directory) => {
    const cache = new BlobCache(directory);
    const sha256 = await cache.put(Buffer.from('abc'));
    await writeFile(cache.pathOf(sha256), 'abd');
    assert.equal(await cache.get(sha256), undefined);
    await writeFile(cache.pathOf(sha256), 'abd');
    await cache.put(Buffer.from('abc'));
    assert.deepEqual(await cache.get(sha256), Buffer.from('abc'));
  });
});

test('a record that is missing, torn or of another shape reads as undefined', async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, 'below', 'record.json');
    const record = new CachedRecord(path, z.object({ count: z.number() }));
    assert.equal(await record.read(), undefined);
    await record.write({ count: 3 });
    assert.deepEqual(await record.read(), { count: 3 });
    await writeFile(path, '{"count": 3');
    assert.equal(await record.read(), undefined);
    await writeFile(path, '{"count": "3"}');
    assert.equal(await record.read(), undefined);
  });
});
