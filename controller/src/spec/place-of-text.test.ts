// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { placeOfText } from './place-of-text.js';

const TEXT = `# about file:bzImage
[kernels]
old = "file:bzImage-old"
new = 'file:bzImage'
[[environments]]
kernels = ["new"]
`;
const place = (needle: string, behind?: string) =>
  placeOfText({ path: 's.toml', text: TEXT }, needle, behind);

test('a whole string comes before a longer one, and before words in a comment', () => {
  assert.equal(place('file:bzImage'), 's.toml:4:8');
  assert.equal(place('file:bzImage-old'), 's.toml:3:8');
});

test('what stands nowhere as a whole string is found as a part, and else the file is named', () => {
  assert.equal(place('bzImage-'), 's.toml:3:13');
  assert.equal(place('vmlinuz'), 's.toml');
});

test('only what follows counts where that is asked', () => {
  assert.equal(place('new', '[[environments]]'), 's.toml:6:13');
  assert.equal(place('new', 'nowhere'), 's.toml:6:13');
});
