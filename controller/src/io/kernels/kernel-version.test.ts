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

test('versions are found in package names and in what uname says', () => {
  assert.deepEqual(parse('linux-image-6.17.13+deb13-cloud-amd64').slice(0, 3), [6, 17, 13]);
  assert.deepEqual(parse('6.17~rc3-1~exp1'), parse('linux-image-6.17-rc3-amd64').with(4, 1));
  assert.equal(parse('linux-image-6.1.0-53-cloud-amd64')[4], 53);
  assert.equal(parse('linux-image-6.1.0-0.deb11.21-amd64')[4], 0);
  assert.equal(parseKernelVersion('linux-image-cloud-amd64'), undefined);
});
