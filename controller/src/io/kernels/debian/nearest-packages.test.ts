// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebianPackage } from './debian-package.js';
import { nearestPackages } from './nearest-packages.js';

function packageOf(name: string, version = '1'): DebianPackage {
  return { name, version, depends: '', fileName: name, sizeBytes: 1, sha256: '0'.repeat(64) };
}

const PACKAGES = [
  'linux-image-6.16.12+deb13-cloud-amd64',
  'linux-image-6.17.8+deb13-cloud-amd64',
  'linux-image-6.17.13+deb13-amd64',
  'linux-image-6.17.13+deb13-cloud-amd64',
  'linux-image-6.17.13+deb13-cloud-amd64-unsigned',
  'linux-image-6.17.13+deb13-cloud-amd64-dbg',
  'linux-image-6.18.5+deb13-cloud-amd64',
  'linux-image-7.0.4+deb13-cloud-amd64',
  'linux-image-cloud-amd64',
  'linux-binary-7.0.4+deb13-cloud-amd64',
].map((name) => packageOf(name));

test('five of the same flavour are offered, nearest first', () => {
  const name = 'linux-image-6.17-rc3-cloud-amd64';
  assert.deepEqual(nearestPackages(PACKAGES, { name }), [
    'linux-image-6.17.8+deb13-cloud-amd64',
    'linux-image-6.17.13+deb13-cloud-amd64',
    'linux-image-6.18.5+deb13-cloud-amd64',
    'linux-image-6.16.12+deb13-cloud-amd64',
    'linux-image-7.0.4+deb13-cloud-amd64',
  ]);
});

test('another flavour is offered behind those that match', () => {
  const offered = nearestPackages(PACKAGES, { name: 'linux-image-6.17.12+deb13-amd64' });
  assert.equal(offered[0], 'linux-image-6.17.13+deb13-amd64');
  assert.equal(offered[1], 'linux-image-6.17.13+deb13-cloud-amd64');
});

test('for a name without a version, meta packages come first and then the newest', () => {
  const offered = nearestPackages(PACKAGES, { name: 'linux-image-cloud-amd' });
  assert.equal(offered[0], 'linux-image-cloud-amd64');
  assert.equal(offered[1], 'linux-image-7.0.4+deb13-cloud-amd64');
});

test('for a version that is gone, the versions of that package are offered', () => {
  const name = 'linux-image-cloud-amd64';
  const packages = ['6.12.100-1', '6.12.117-1', '6.1.99-1'].map((version) =>
    packageOf(name, version),
  );
  assert.deepEqual(nearestPackages(packages, { name, version: '6.12.115-1' }), [
    `${name}=6.12.117-1`,
    `${name}=6.12.100-1`,
    `${name}=6.1.99-1`,
  ]);
});

test('nothing is offered where there is nothing', () => {
  assert.deepEqual(nearestPackages([], { name: 'linux-image-amd64' }), []);
});
