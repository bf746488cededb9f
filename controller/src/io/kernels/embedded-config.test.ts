// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: an embedded configuration comes out as it went in, whatever the kernel is packed with.
 * Method: small kernels that the real tools have packed.
 */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { runFilter } from '../command.js';
import { embeddedConfig } from './embedded-config.js';
import { fakePackedImage } from './testing/fake-kernel-image.js';

const { signal } = new AbortController();
const CONFIG = '# Linux/x86 6.17.0 Kernel Configuration\nCONFIG_IKCONFIG=y\n';
const around = (config: Uint8Array, end = 'IKCFG_ED') =>
  Buffer.concat([Buffer.alloc(5000, 7), Buffer.from('IKCFG_ST'), config, Buffer.from(end)]);
const KERNEL = around(gzipSync(CONFIG));

async function read(kernel: Buffer, command: readonly [string, ...string[]]) {
  const [tool, ...args] = command;
  const input = Readable.from([kernel]);
  const { stdout } = await runFilter(tool, args, { signal, input });
  const image = fakePackedImage('6.17.0', { payload: stdout, unpackedBytes: kernel.length });
  const lines: string[] = [];
  const config = await embeddedConfig(image, { signal, onProgress: (line) => lines.push(line) });
  return { config: config && String(config), lines };
}

const ZSTD = ['zstd', '--stdout', '--quiet'] as const;
const TOOLS: readonly (readonly [string, ...string[]])[] = [
  ZSTD,
  ['xz', '--check=crc32', '--stdout'],
  ['xz', '--format=lzma', '--stdout'],
  ['lz4', '-l', '-c', '-q'],
  ['bzip2', '--stdout'],
];

for (const tool of TOOLS) {
  test(`the configuration in a kernel of ${tool.slice(0, 2).join(' ')} is read`, async () => {
    assert.deepEqual(await read(KERNEL, tool), { config: CONFIG, lines: [] });
  });
}

test('a kernel without one has none, and says nothing', async () => {
  const none = { config: undefined, lines: [] };
  assert.deepEqual(await read(Buffer.alloc(5000, 7), ZSTD), none);
  assert.deepEqual(await read(around(Buffer.from('no gzip')), ZSTD), none);
  assert.deepEqual(await read(around(gzipSync(CONFIG), 'the end is cut off'), ZSTD), none);
  const image = Buffer.from('no bzImage at all');
  assert.equal(await embeddedConfig(image, { signal, onProgress: assert.fail }), undefined);
});

test('a damaged one, or a damaged kernel, is unknown and told', async () => {
  const cut = gzipSync(CONFIG).subarray(0, 30);
  const { config, lines } = await read(around(cut), ZSTD);
  assert.equal(config, undefined);
  assert.match(lines.join(), /^its configuration stays unknown: /);
  const payload = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]);
  const image = fakePackedImage('6.17.0', { payload, unpackedBytes: 99 });
  const told: string[] = [];
  const options = { signal, onProgress: (line: string) => told.push(line) };
  assert.equal(await embeddedConfig(image, options), undefined);
  assert.match(told.join(), /^its configuration stays unknown: zstd ended with exit code 1/);
});
