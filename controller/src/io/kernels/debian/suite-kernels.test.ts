// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: a suite becomes an ordered list of kernels, each release once. Method: the pure part by
 * hand-made lists, the whole by real apt against a small signed archive on the loopback.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DebianLab, missingGpg } from '../testing/debian-lab.js';
import { SMALL_SUITE, type SmallPackage } from '../testing/small-archive.js';
import { listSuiteKernels, newestBuilds } from './suite-kernels.js';

const image = (release: string, version: string, suite = 'backports') => ({
  suite,
  name: `linux-image-${release}-cloud-amd64`,
  version,
});

test('releases are in their order, and the newest build of each is pinned', () => {
  const kernels = newestBuilds([
    image('6.17.13+deb13', '6.17.13-1~bpo13+1'),
    image('6.9.7+bpo', '6.9.7-1~bpo12+1'),
    image('6.17~rc3+deb13', '6.17~rc3-1~exp1'),
    image('6.17.8+deb13', '6.17.8-1~bpo13+1'),
    image('6.17.13+deb13', '6.17.13-2~bpo13+1'),
    image('6.1.0-53', '6.1.170-1', 'bookworm'),
    image('6.1.0-52', '6.1.9-1', 'bookworm'),
  ]);
  assert.deepEqual(
    kernels.map(({ release }) => release),
    ['6.1.9', '6.1.170', '6.9.7', '6.17-rc3', '6.17.8', '6.17.13'],
  );
  assert.equal(
    kernels.at(-1)?.source,
    'debian:backports/linux-image-6.17.13+deb13-cloud-amd64=6.17.13-2~bpo13+1',
  );
  assert.equal(kernels[1]?.source, 'debian:bookworm/linux-image-6.1.0-53-cloud-amd64=6.1.170-1');
});

const named = (name: string, version: string): SmallPackage => ({ name, version });

test('a real suite is listed without other flavours, debug symbols and meta packages', {
  skip: await missingGpg(),
}, async () => {
  const packages = [
    named('linux-image-6.17.13+deb13-cloud-amd64', '6.17.13-1~bpo13+1'),
    named('linux-image-6.16.3+deb13-cloud-amd64', '6.16.3-1~bpo13+1'),
    named('linux-image-6.16.3+deb13-amd64', '6.16.3-1~bpo13+1'),
    named('linux-image-6.16.3+deb13-cloud-amd64-dbg', '6.16.3-1~bpo13+1'),
    named('linux-image-6.16.3+deb13-cloud-amd64-unsigned', '6.16.3-1~bpo13+1'),
    named('linux-binary-6.19.6+deb13-cloud-amd64', '6.19.6-2~bpo13+1'),
    named('linux-image-cloud-amd64', '6.17.13-1~bpo13+1'),
  ];
  await DebianLab.with(packages, async (lab) => {
    const { address } = lab.server;
    const archive = { mirror: address, securityMirror: address, keyring: lab.key.keyring };
    const { cacheDirectory, signal } = lab;
    const onProgress = (line: string) => lab.lines.push(line);
    const options = { cacheDirectory, signal, archive, onProgress };
    const kernels = await listSuiteKernels([SMALL_SUITE], options);
    assert.deepEqual(
      kernels.map(({ release }) => release),
      ['6.16.3', '6.17.13'],
    );
    const requests = lab.server.requests.length;
    assert.deepEqual(await listSuiteKernels([SMALL_SUITE], options), kernels);
    assert.equal(lab.server.requests.length, requests, 'a second look needs no archive');
  });
});

test('a suite without such a kernel is refused by name', { skip: await missingGpg() }, async () => {
  await DebianLab.with([named('linux-image-6.17.13+deb13-amd64', '6.17.13-1')], async (lab) => {
    const { address } = lab.server;
    const archive = { mirror: address, securityMirror: address, keyring: lab.key.keyring };
    const { cacheDirectory, signal } = lab;
    const options = { cacheDirectory, signal, archive, onProgress: () => {} };
    await assert.rejects(listSuiteKernels([SMALL_SUITE], options), /suite small has no kernel/);
  });
});
