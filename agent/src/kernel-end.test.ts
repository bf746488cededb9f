// SPDX-License-Identifier: Apache-2.0
/** Method: headers that are written by hand, and the kernel that the tests boot, as both images. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { KernelUnpacker } from './io/kernel-unpack.js';
import { KERNEL_HEADER_BYTES, kernelEnd } from './kernel-end.js';
import { findTestKernel } from './testing/test-kernel.js';

const MIB = 1024 * 1024;

function elf(segments: readonly { type: number; address: number; bytes: number }[]): Buffer {
  const image = Buffer.alloc(KERNEL_HEADER_BYTES);
  image.write('\x7fELF', 0, 'latin1');
  image.writeBigUInt64LE(64n, 0x20);
  image.writeUInt16LE(56, 0x36);
  image.writeUInt16LE(segments.length, 0x38);
  segments.forEach(({ type, address, bytes }, index) => {
    const entry = 64 + index * 56;
    image.writeUInt32LE(type, entry);
    image.writeBigUInt64LE(BigInt(address), entry + 0x18);
    image.writeBigUInt64LE(BigInt(bytes), entry + 0x28);
  });
  return image;
}

test('an unpacked kernel ends where the last of its segments that are loaded does', () => {
  const segments = [
    { type: 1, address: 16 * MIB, bytes: 30 * MIB },
    { type: 1, address: 48 * MIB, bytes: 2 * MIB },
    { type: 4, address: 900 * MIB, bytes: MIB },
  ];
  assert.equal(kernelEnd(elf(segments)), 50 * MIB);
});

test('what does not say where it ends is not guessed at', () => {
  assert.equal(kernelEnd(elf([])), undefined);
  assert.equal(kernelEnd(Buffer.alloc(KERNEL_HEADER_BYTES)), undefined);
  assert.equal(kernelEnd(Buffer.from('\x7fELF', 'latin1')), undefined);
  const old = Buffer.alloc(KERNEL_HEADER_BYTES);
  old.write('HdrS', 0x202);
  old.writeUInt16LE(0x0209, 0x206);
  assert.equal(kernelEnd(old), undefined);
});

const kernel = await findTestKernel();

test('a real kernel needs tens of MiB, packed or not', { skip: kernel.skip }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'labsweep-kernels-'));
  try {
    const unpacked = await new KernelUnpacker(directory).unpack(kernel.path);
    assert.ok('path' in unpacked, JSON.stringify(unpacked));
    for (const path of [kernel.path, unpacked.path]) {
      const end = kernelEnd((await readFile(path)).subarray(0, KERNEL_HEADER_BYTES));
      assert.ok(end !== undefined && end > 32 * MIB && end < 256 * MIB, `${path}: ${end}`);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
