// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KernelVersion, parseKernelVersion } from './kernel-version.js';
import { sortByNearness } from './nearest-versions.js';

function nearest(texts: readonly string[], wanted: string): readonly string[] {
  const versionOf = (text: string) => parseKernelVersion(text) as KernelVersion;
  const items = texts.map((text) => ({ text, version: versionOf(text) }));
  return sortByNearness(items, versionOf(wanted)).map((item) => item.text);
}

test('the own series comes first, then the neighbours from the edge inwards', () => {
  const texts = ['6.16.3', '6.16.12', '6.17.8', '6.17.13', '6.18.5', '6.18.9', '6.12.1'];
  const expected = ['6.17.8', '6.17.13', '6.18.5', '6.16.12', '6.18.9', '6.16.3', '6.12.1'];
  assert.deepEqual(nearest(texts, '6.17-rc3'), expected);
});

test('in a series, patches on both sides alternate', () => {
  const expected = ['6.12.90', '6.12.74', '6.12.95', '6.12.73'];
  assert.deepEqual(nearest(['6.12.73', '6.12.74', '6.12.90', '6.12.95'], '6.12.80'), expected);
});

test('a new major number is one series further, not many', () => {
  assert.deepEqual(nearest(['6.12.1', '7.0.4'], '6.19'), ['7.0.4', '6.12.1']);
});
