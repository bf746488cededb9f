// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareKernelVersions, type KernelVersion, parseKernelVersion } from './kernel-version.js';

function parse(text: string): KernelVersion {
  const version = parseKernelVersion(text);
  assert.ok(version, text);
  return version;
}

test('a release candidate is older than the release, and that older than its patches', () => {
  const ascending = [
    '6.9',
    '6.12.117',
    '6.17-rc3',
    '6.17-rc10',
    '6.17',
    '6.17.8',
    '6.17.13',
    '7.0-rc1',
  ];
  const sorted = [...ascending]
    .reverse()
    .sort((left, right) => compareKernelVersions(parse(left), parse(right)));
  assert.deepEqual(sorted, ascending);
});

test('git builds and linux-next stand between the releases, and a hash does not count', () => {
  const ascending = [
    '6.17-rc3',
    'v6.17-rc3-2-g9abc01234567',
    '6.17.0-rc3-00123-g0123456789ab',
    '6.17.0-rc3-next-20260829',
    '6.17.0-rc3-next-20260901',
    '6.17-rc4',
    '6.17.0-g1234567',
    '6.17.0-12-g1234567',
    '6.17.8-1~bpo13+1',
    '6.17.8-2~bpo13+1',
    '6.17.13-1~bpo13+1',
    '7.3.4',
    'next-20260829',
    'next-20260901',
  ];
  const order = (left: string, right: string) => compareKernelVersions(parse(left), parse(right));
  assert.deepEqual([...ascending].reverse().sort(order), ascending);
  assert.equal(order('6.17.0-gabc', '6.17-g1234567'), 0);
  assert.equal(parseKernelVersion('context-20260829'), undefined);
});

test('versions are found in package names and in what uname says', () => {
  assert.deepEqual(parse('linux-image-6.17.13+deb13-cloud-amd64').slice(0, 3), [6, 17, 13]);
  assert.deepEqual(parse('6.17~rc3-1~exp1'), parse('linux-image-6.17-rc3-amd64').with(4, 1));
  assert.equal(parse('linux-image-6.1.0-53-cloud-amd64')[4], 53);
  assert.equal(parse('linux-image-6.1.0-0.deb11.21-amd64')[4], 0);
  assert.equal(parseKernelVersion('linux-image-cloud-amd64'), undefined);
});
