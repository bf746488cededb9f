// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebianPackage } from './debian-package.js';
import { configPackage, imageChain } from './image-chain.js';

function packageOf(name: string, version: string, depends = ''): DebianPackage {
  return { name, version, depends, fileName: name, sizeBytes: 1, sha256: '0'.repeat(64) };
}

function namesOf(chain: readonly DebianPackage[]): readonly string[] {
  return chain.map((each) => `${each.name}=${each.version}`);
}

test('a package without such dependencies is looked into itself', () => {
  const image = packageOf('linux-image-6.12-amd64', '1', 'kmod, linux-base (>= 4.3) | x');
  assert.deepEqual(imageChain([image], image), [image]);
});

test('the version that a dependency asks for is taken, not the newest', () => {
  const meta = packageOf('linux-image-amd64', '1', 'kmod, linux-image-6.12-amd64 (= 1)');
  const packages = [
    meta,
    packageOf('linux-image-6.12-amd64', '2'),
    packageOf('linux-image-6.12-amd64', '1'),
  ];
  assert.deepEqual(namesOf(imageChain(packages, meta)), [
    'linux-image-6.12-amd64=1',
    'linux-image-amd64=1',
  ]);
});

test('of alternatives the first that exists is taken', () => {
  const meta = packageOf('linux-image-amd64', '1', 'linux-image-a (= 9) | linux-binary-b');
  const packages = [meta, packageOf('linux-image-a', '1'), packageOf('linux-binary-b', '1')];
  assert.deepEqual(namesOf(imageChain(packages, meta)), [
    'linux-binary-b=1',
    'linux-image-amd64=1',
  ]);
});

test('packages that depend on each other end the search', () => {
  const left = packageOf('linux-image-a', '1', 'linux-image-b');
  const right = packageOf('linux-image-b', '1', 'linux-image-a');
  assert.equal(imageChain([left, right], left).length, 2);
});

test('a chain that never ends is followed four steps', () => {
  const packages = Array.from({ length: 9 }, (_, index) =>
    packageOf(`linux-image-${index}`, '1', `linux-image-${index + 1}`),
  );
  const [first] = packages;
  assert.ok(first);
  assert.equal(imageChain(packages, first).length, 5);
});

test('the configuration of an image is in the base package of its own version, if it has one', () => {
  const binary = packageOf('linux-binary-7.3-amd64', '2', 'kmod, linux-base-7.3-amd64 (= 2)');
  const bases = ['1', '2', '3'].map((version) => packageOf('linux-base-7.3-amd64', version));
  assert.equal(configPackage([binary, ...bases], binary), bases[1]);
  const whole = packageOf('linux-image-6.12-amd64', '1', 'kmod, linux-base (>= 4.3)');
  assert.equal(configPackage([whole, packageOf('linux-base', '5'), ...bases], whole), undefined);
});
