// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: a kernel is unpacked once, whole or not at all, whatever its compression. Method: tiny
 * kernels that the real tools have packed, and one real kernel.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { whyNotPvh } from '../kernel-image.js';
import { makeBzImage, makePvhKernel } from '../testing/kernel-images.js';
import { findTestKernel } from '../testing/test-kernel.js';
import { KernelUnpacker } from './kernel-unpack.js';
import { runProcess } from './process.js';

const KERNEL = makePvhKernel([{ name: 'Xen', type: 18 }]);
const real = await findTestKernel();

let directory = '';
let imagePath = '';
let store = '';

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'labsweep-unpack-'));
  imagePath = join(directory, 'image');
  store = join(directory, 'store');
});
afterEach(() => rm(store, { recursive: true, force: true }));
after(() => rm(directory, { recursive: true }));

async function pack(kernel: Uint8Array, command: readonly string[]): Promise<Uint8Array> {
  const path = join(directory, 'plain');
  await writeFile(path, kernel);
  const [tool = '', ...options] = command;
  const end = await runProcess({
    command: tool,
    arguments: [...options, path],
    outputBytesMax: 1024 * 1024,
    stop: AbortSignal.timeout(10_000),
  });
  assert.deepEqual(end.ending, { kind: 'exited', code: 0 }, new TextDecoder().decode(end.stderr));
  return end.stdout;
}

/** For gzip the length is the last field of its own. */
async function writeImage(payload: Uint8Array, isGzip = false): Promise<void> {
  const whole = isGzip ? payload.subarray(0, -4) : payload;
  await writeFile(imagePath, makeBzImage({ payload: whole, unpackedBytes: KERNEL.length }));
}

async function unpackedPath(): Promise<string> {
  const unpacked = await new KernelUnpacker(store).unpack(imagePath);
  assert.ok('path' in unpacked, JSON.stringify(unpacked));
  return unpacked.path;
}

async function reasonOf(): Promise<string> {
  const unpacked = await new KernelUnpacker(store).unpack(imagePath);
  assert.ok('reason' in unpacked, JSON.stringify(unpacked));
  return unpacked.reason;
}

describe('each compression is undone by its own tool', () => {
  const tools: readonly (readonly string[])[] = [
    ['xz', '--check=crc32', '--stdout'],
    ['zstd', '--stdout', '--quiet'],
    ['lz4', '-l', '-c', '-q'],
    ['xz', '--format=lzma', '--stdout'],
    ['bzip2', '--stdout'],
  ];
  for (const command of tools) {
    test(command.slice(0, 2).join(' '), async () => {
      await writeImage(await pack(KERNEL, command));
      assert.deepEqual(await readFile(await unpackedPath()), KERNEL);
    });
  }
  test('gzip', async () => {
    await writeImage(gzipSync(KERNEL), true);
    assert.deepEqual(await readFile(await unpackedPath()), KERNEL);
  });
});

/** Without the marks of checked files. */
async function kernelsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith('.'));
}

test('a kernel is unpacked once, and found again by another agent', async () => {
  await writeImage(gzipSync(KERNEL), true);
  const path = await unpackedPath();
  const { ino } = await stat(path);
  assert.equal(await unpackedPath(), path);
  assert.equal((await stat(path)).ino, ino);
  assert.equal((await kernelsIn(store)).length, 1);
});

test('agents that race for one kernel end with the same one, and leave nothing else', async () => {
  await writeImage(await pack(KERNEL, ['zstd', '--stdout', '--quiet']));
  const paths = await Promise.all([unpackedPath(), unpackedPath(), unpackedPath()]);
  assert.equal(new Set(paths).size, 1);
  assert.equal((await kernelsIn(store)).length, 1);
});

test('a damaged kernel in the store is not used', async () => {
  await writeImage(gzipSync(KERNEL), true);
  const path = await unpackedPath();
  await rm(path);
  await writeFile(path, KERNEL.subarray(1));
  assert.equal(await unpackedPath(), path);
  assert.deepEqual(await readFile(path), KERNEL);
});

test('a kernel that vanishes from the store is unpacked again', async () => {
  await writeImage(gzipSync(KERNEL), true);
  const unpacker = new KernelUnpacker(store);
  const first = await unpacker.unpack(imagePath);
  await rm(store, { recursive: true });
  assert.deepEqual(await unpacker.unpack(imagePath), first);
  assert.equal((await kernelsIn(store)).length, 1);
});

test('what a killed agent left half written goes after an hour', async () => {
  await writeImage(gzipSync(KERNEL), true);
  await rm(await unpackedPath());
  for (const [name, ageMs] of Object.entries({ 'old.tmp': 2 * 3_600_000, 'new.tmp': 0 })) {
    await writeFile(join(store, name), '');
    const time = new Date(Date.now() - ageMs);
    await utimes(join(store, name), time, time);
  }
  await unpackedPath();
  const names = await readdir(store);
  assert.deepEqual([names.includes('old.tmp'), names.includes('new.tmp')], [false, true]);
});

test('an image that cannot be booted by PVH gives the reason, and no file', async () => {
  const other = makePvhKernel([{ name: 'Xen', type: 5 }]);
  await writeFile(
    imagePath,
    makeBzImage({ payload: gzipSync(other).subarray(0, -4), unpackedBytes: other.length }),
  );
  assert.match(await reasonOf(), /without CONFIG_PVH/);
  await writeFile(imagePath, 'no kernel');
  assert.match(await reasonOf(), /too short/);
  const payload = await pack(KERNEL, ['zstd', '--stdout', '--quiet']);
  await writeFile(imagePath, makeBzImage({ payload, unpackedBytes: 3 }));
  assert.match(await reasonOf(), /unpacks to \d+ bytes in place of 3/);
  const cut = (await pack(KERNEL, ['xz', '--stdout'])).subarray(0, -20);
  await writeImage(cut);
  assert.match(await reasonOf(), /xz cannot unpack its kernel: .*; install xz/);
  assert.deepEqual(await readdir(store), []);
});

test('an unpacked kernel is taken as it is', async () => {
  await writeFile(imagePath, KERNEL);
  assert.equal(await unpackedPath(), imagePath);
});

test('a real kernel unpacks to one that can be booted by PVH', { skip: real.skip }, async () => {
  const unpacked = await new KernelUnpacker(store).unpack(real.path);
  assert.ok('path' in unpacked, JSON.stringify(unpacked));
  const bytes = await readFile(unpacked.path);
  assert.equal(whyNotPvh(bytes), undefined);
  assert.ok(bytes.length > 20 * 1024 * 1024);
});
