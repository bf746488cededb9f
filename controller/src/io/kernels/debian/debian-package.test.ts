// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseKernelPackages, selectPackage } from './debian-package.js';

const SHA256 = 'ab'.repeat(32);
const LIST = `Package: linux-doc
Version: 1
Filename: pool/doc.deb
Size: 1
SHA256: ${SHA256}

Package: linux-image-amd64
Version: 6.12.9-1
Description: Linux
 Version: 9 is not the version
Depends: linux-image-6.12.9-amd64 (= 6.12.9-1)
Filename: pool/a.deb
Size: 1500
SHA256: ${SHA256}

Package: linux-image-amd64
Version: 6.12.10-1
Filename: pool/b.deb
Size: 1501
SHA256: ${SHA256}
`;

test('kernel packages are read, others are skipped', () => {
  const packages = parseKernelPackages(LIST);
  assert.equal(packages.length, 2);
  assert.deepEqual(packages[0], {
    name: 'linux-image-amd64',
    version: '6.12.9-1',
    depends: 'linux-image-6.12.9-amd64 (= 6.12.9-1)',
    fileName: 'pool/a.deb',
    sizeBytes: 1500,
    sha256: SHA256,
  });
});

test('a list without a sha256 is not believed', () => {
  assert.throws(() => parseKernelPackages(LIST.replaceAll(SHA256, 'abc')), /sha256/);
});

test('the newest version is selected when none is named', () => {
  const packages = parseKernelPackages(LIST);
  assert.equal(selectPackage(packages, 'linux-image-amd64', undefined)?.version, '6.12.10-1');
  assert.equal(selectPackage(packages, 'linux-image-amd64', '6.12.9-1')?.version, '6.12.9-1');
  assert.equal(selectPackage(packages, 'linux-image-amd64', '6.12.8-1'), undefined);
});
