// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { findHostKernel } from './host-kernel.js';
import { FAKE_VERSION, fakeKernelImage } from './testing/fake-kernel-image.js';

const RUNNING = '6.12.1-test';

async function find(files: Readonly<Record<string, Uint8Array>>, version = FAKE_VERSION) {
  const rootDirectory = await mkdtemp(join(tmpdir(), 'labsweep-host-'));
  const lines: string[] = [];
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(rootDirectory, path)), { recursive: true });
      await writeFile(join(rootDirectory, path), content);
    }
    const onProgress = (line: string) => lines.push(line);
    const running = { release: RUNNING, version };
    return { ...(await findHostKernel({ rootDirectory, ...running, onProgress })), lines };
  } finally {
    await rm(rootDirectory, { recursive: true, force: true });
  }
}

test('the image is found in each place', async () => {
  for (const place of ['boot/vmlinuz-%', 'usr/lib/modules/%/vmlinuz', 'lib/modules/%/vmlinuz']) {
    const image = fakeKernelImage(RUNNING);
    const found = await find({ [place.replace('%', RUNNING)]: image });
    assert.deepEqual(found.image, image, place);
    assert.equal(found.release, RUNNING);
  }
});

test('a box without an image has a release all the same', async () => {
  const found = await find({});
  assert.equal(found.image, undefined);
  assert.match(found.lines.join(), /6\.12\.1-test is running here; no image/);
});

test('an image of another kernel under this name is left aside', async () => {
  const found = await find({ [`boot/vmlinuz-${RUNNING}`]: fakeKernelImage('6.12.2-test') });
  assert.equal(found.image, undefined);
  assert.match(found.lines[0] ?? '', /it is 6\.12\.2-test, running is 6\.12\.1-test/);
});

test('an image that an update has put in place of the running one is left aside', async () => {
  const files = { [`boot/vmlinuz-${RUNNING}`]: fakeKernelImage(RUNNING) };
  const found = await find(files, '#2 SMP');
  assert.equal(found.image, undefined);
  assert.match(
    found.lines[0] ?? '',
    /left aside: it is 6\.12\.1-test \(test@example\.org\) #1 SMP, running is #2 SMP; reboot the box/,
  );
});

test('what is no image, or is cut off, is left aside for the next place', async () => {
  const image = fakeKernelImage(RUNNING);
  const found = await find({
    [`boot/vmlinuz-${RUNNING}`]: Buffer.from('a page of a web server'),
    [`usr/lib/modules/${RUNNING}/vmlinuz`]: image.subarray(0, -100),
    [`lib/modules/${RUNNING}/vmlinuz`]: image,
  });
  assert.deepEqual(found.image, image);
  assert.match(found.lines[0] ?? '', /is left aside: .* is not a kernel image/);
  assert.match(found.lines[1] ?? '', /is left aside: .* is cut off/);
});

test('the configuration is what the running kernel says, else the file of its release', async () => {
  const boot = { [`boot/config-${RUNNING}`]: Buffer.from('CONFIG_A=y\n') };
  assert.equal(String((await find(boot)).config), 'CONFIG_A=y\n');
  const both = { ...boot, 'proc/config.gz': gzipSync('CONFIG_A=m\n') };
  assert.equal(String((await find(both)).config), 'CONFIG_A=m\n');
  const damaged = { ...boot, 'proc/config.gz': Buffer.from('no gzip') };
  assert.equal(String((await find(damaged)).config), 'CONFIG_A=y\n');
  assert.equal((await find({ 'boot/config-6.1.0-other': Buffer.from('x') })).config, undefined);
});

test('a folder in the place of the image is left aside', async () => {
  const found = await find({ [`boot/vmlinuz-${RUNNING}/notes`]: Buffer.from('x') });
  assert.equal(found.image, undefined);
  assert.match(found.lines[0] ?? '', /vmlinuz-6\.12\.1-test is left aside: EISDIR/);
});

test('without options it is the kernel that runs this test', async () => {
  assert.equal((await findHostKernel({ onProgress: () => undefined })).release, release());
});
