// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readKernelImage } from './kernel-image.js';
import { fakeKernelImage } from './testing/fake-kernel-image.js';

test('release and version string are read', () => {
  const image = readKernelImage(fakeKernelImage('6.17.13+deb13-amd64'), 'vmlinuz');
  assert.equal(image.release, '6.17.13+deb13-amd64');
  assert.equal(image.versionString, '6.17.13+deb13-amd64 (test@example.org) #1 SMP');
});

test('what is no bzImage is refused with what it looks like', () => {
  const cases = [
    [Buffer.alloc(0), /a\.img is not a kernel image .*: it is empty/],
    [Buffer.from('\x7fELF...'), /is an ELF file, perhaps an uncompressed vmlinux/],
    [gzipSync('x'), /is gzip data/],
    [Buffer.from('!<arch>\ndebian-binary'), /perhaps a \.deb package/],
    [Buffer.from('<html>'), /is a web page/],
    [Buffer.alloc(70_000, 0x11), /is 70000 bytes that begin with 1111111111111111/],
  ] as const;
  for (const [bytes, message] of cases) {
    assert.throws(() => readKernelImage(bytes, 'a.img'), message);
  }
});

test('a file that was cut off is refused', () => {
  const whole = fakeKernelImage('6.17.13');
  assert.throws(() => readKernelImage(whole.subarray(0, -16), 'vmlinuz'), /is cut off/);
  assert.throws(() => readKernelImage(whole.subarray(0, 0x300), 'vmlinuz'), /is cut off/);
});

test('bytes behind the image, such as a signature, do no harm', () => {
  const signed = Buffer.concat([fakeKernelImage('6.17.13'), Buffer.alloc(1000)]);
  assert.equal(readKernelImage(signed, 'vmlinuz').release, '6.17.13');
});

test('a 32-bit kernel is refused', () => {
  const image = fakeKernelImage('6.17.13');
  image.writeUInt16LE(0, 0x236);
  assert.throws(() => readKernelImage(image, 'vmlinuz'), /32-bit/);
});

test('an image that does not say its version is refused', () => {
  const image = fakeKernelImage('6.17.13');
  image.writeUInt16LE(0, 0x20e);
  assert.throws(() => readKernelImage(image, 'vmlinuz'), /does not say its version/);
});
