// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findCompressedKernel } from '@labsweep/proto';
import { isElf, whyNotPvh } from './kernel-image.js';
import { makeBzImage, makePvhKernel } from './testing/kernel-images.js';

const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]);

test('the compressed kernel is found, without the length behind it', () => {
  const found = findCompressedKernel(makeBzImage({ payload: ZSTD, unpackedBytes: 1234 }));
  assert.ok(typeof found === 'object');
  assert.equal(found.compression, 'zstd');
  assert.deepEqual(Buffer.from(found.payload), ZSTD);
  assert.equal(found.unpackedBytes, 1234);
});

test('gzip keeps its last field, which is that length', () => {
  const payload = Buffer.from([0x1f, 0x8b, 8, 0]);
  const found = findCompressedKernel(makeBzImage({ payload, unpackedBytes: 77 }));
  assert.ok(typeof found === 'object');
  assert.deepEqual([found.compression, found.payload.length], ['gzip', payload.length + 4]);
  assert.equal(found.unpackedBytes, 77);
});

test('an image that cannot be unpacked says why', () => {
  const image = makeBzImage({ payload: ZSTD, unpackedBytes: 1 });
  const old = Buffer.from(image);
  old.writeUInt16LE(0x0207, 0x206);
  const cases: readonly [Uint8Array, RegExp][] = [
    [image.subarray(0, 100), /too short/],
    [Buffer.alloc(4096), /no bzImage/],
    [old, /protocol is too old/],
    [image.subarray(0, image.length - 1), /cut off/],
    [makeBzImage({ payload: Buffer.from('plain'), unpackedBytes: 1 }), /none that is known/],
  ];
  for (const [bytes, reason] of cases) assert.match(String(findCompressedKernel(bytes)), reason);
});

test('an entry for PVH is found behind other notes', () => {
  const kernel = makePvhKernel([
    { name: 'Linux', type: 18 },
    { name: 'Xen', type: 5 },
    { name: 'Xen', type: 18 },
  ]);
  assert.equal(isElf(kernel), true);
  assert.equal(whyNotPvh(kernel), undefined);
});

test('a kernel without that entry says why', () => {
  assert.match(whyNotPvh(makePvhKernel([{ name: 'Xen', type: 5 }])) ?? '', /without CONFIG_PVH/);
  assert.match(whyNotPvh(makePvhKernel([])) ?? '', /without CONFIG_PVH/);
  assert.match(whyNotPvh(Buffer.from('MZ')) ?? '', /no ELF file/);
  const narrow = Buffer.from(makePvhKernel([{ name: 'Xen', type: 18 }]));
  narrow[4] = 1;
  assert.match(whyNotPvh(narrow) ?? '', /no 64-bit ELF/);
});

test('a kernel that is cut off before its entry is refused', () => {
  const kernel = makePvhKernel([{ name: 'Xen', type: 18 }]);
  const addressBytes = 4;
  for (let length = 0; length < kernel.length - addressBytes; length++) {
    assert.notEqual(whyNotPvh(kernel.subarray(0, length)), undefined, String(length));
  }
});
