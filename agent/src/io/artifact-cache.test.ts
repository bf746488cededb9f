// SPDX-License-Identifier: Apache-2.0
/** Several agents of one process that want the same file; the store is a function that counts. */
import { strict as assert } from 'node:assert';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ArtifactStore, sha256Of } from '@labsweep/proto';
import { ArtifactCache } from './artifact-cache.js';

const BYTES = new TextEncoder().encode('a kernel');
const SHA256 = sha256Of(BYTES);

function startCache(context: TestContext, get: () => Promise<Uint8Array>, limitMs?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'labsweep-cache-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const newCache = () => new ArtifactCache(folder, limitMs);
  const caches = [newCache(), newCache()] as const;
  return { caches, store: { get } as unknown as ArtifactStore, path: join(folder, SHA256) };
}

test('what several want at once is fetched once, and known after it was looked at', async (context) => {
  let count = 0;
  const { caches, store, path } = startCache(context, async () => {
    count += 1;
    return BYTES;
  });
  const [first, second] = caches;
  const both = await Promise.all([first.path(SHA256, store), second.path(SHA256, store)]);
  assert.deepEqual([both, count], [[path, path], 1]);
  assert.deepEqual(new Uint8Array(readFileSync(path)), BYTES);
  assert.equal(first.knownPath(SHA256), undefined, 'what was fetched is checked on the disk');
  assert.equal(await first.path(SHA256, store), path);
  assert.deepEqual([first.knownPath(SHA256), second.knownPath(SHA256), count], [path, path, 1]);
});

test('a failure is told to all who wait, and the next one tries again', async (context) => {
  let isAway = true;
  const { caches, store, path } = startCache(context, async () => {
    if (isAway) throw new Error('the broker is away');
    return BYTES;
  });
  const waiting = caches.map((cache) => cache.path(SHA256, store));
  const ends = await Promise.allSettled(waiting);
  assert.deepEqual(
    ends.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  isAway = false;
  assert.equal(await caches[0].path(SHA256, store), path);
});

test('a damaged file is fetched anew', async (context) => {
  const { caches, store, path } = startCache(context, async () => BYTES);
  await caches[0].path(SHA256, store);
  chmodSync(path, 0o755);
  writeFileSync(path, 'another one');
  await caches[1].path(SHA256, store);
  assert.deepEqual(new Uint8Array(readFileSync(path)), BYTES);
});

test('what hangs is given up, and the next one fetches anew', async (context) => {
  let hangs = true;
  const get = async () => (hangs ? new Promise<Uint8Array>(() => {}) : BYTES);
  const { caches, store, path } = startCache(context, get, 50);
  const waiting = caches.map((cache) => cache.path(SHA256, store));
  // A limit does not keep a process that has nothing else to do.
  const alive = setInterval(() => {}, 1_000);
  context.after(() => clearInterval(alive));
  const ends = await Promise.allSettled(waiting);
  assert.ok(ends.every((end) => end.status === 'rejected' && / hangs: /.test(end.reason.message)));
  hangs = false;
  assert.equal(await caches[1].path(SHA256, store), path);
});
