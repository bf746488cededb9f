// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { betweenEnds, inReleaseOrder, type ListedKernel } from './kernel-list.js';

const debian = (release: string, name = release): ListedKernel => ({
  name,
  source: `debian:trixie-backports/linux-image-${release}+deb13-cloud-amd64=${release}-1~bpo13+1`,
});
const file = (name: string): ListedKernel => ({ name, source: `file:linux-6.99/${name}/bzImage` });
const namesOf = (kernels: readonly ListedKernel[]) => kernels.map(({ name }) => name);

const SUITE = ['6.12.57', '6.16.3', '6.16.12', '6.17.8', '6.17.13', '6.19.14'].map((release) =>
  debian(release),
);

test('kernels stand in the order of their releases, whatever order they were listed in', () => {
  const listed = [debian('6.17.8', 'new'), file('v6.17-rc3'), debian('6.9.7'), file('v6.17')];
  assert.deepEqual(namesOf(inReleaseOrder(listed)), ['6.9.7', 'v6.17-rc3', 'v6.17', 'new']);
});

test('where one has no version the order is that of the list', () => {
  const listed = [debian('6.17.8'), file('patched'), debian('6.9.7')];
  assert.deepEqual(inReleaseOrder(listed), listed);
});

test('an end is a name, or a release with or without a v', () => {
  const ends = { good: 'v6.16.3', bad: '6.17.13' };
  assert.deepEqual(namesOf(betweenEnds(SUITE, ends)), ['6.16.3', '6.16.12', '6.17.8', '6.17.13']);
  const named = [file('old'), file('middle'), debian('6.19.14', 'new')];
  assert.deepEqual(betweenEnds(named, { good: 'old', bad: '6.19.14' }), named);
});

test('a good end that is newer than the bad one is searched backwards', () => {
  const ends = { good: '6.17.8', bad: '6.16.3' };
  assert.deepEqual(namesOf(betweenEnds(SUITE, ends)), ['6.17.8', '6.16.12', '6.16.3']);
});

test('an end that is not in the list is refused with the nearest ones', () => {
  const search = (good: string, bad = '6.19.14') => betweenEnds(SUITE, { good, bad });
  assert.throws(() => search('6.17'), /--good 6\.17: no such kernel; the list has 6\.17\.8, /);
  assert.throws(() => search('oldest'), /6\.12\.57, .* and 1 more/);
  assert.throws(() => search('6.19.14'), /are both 6\.19\.14/);
  const twins = [...SUITE, debian('6.16.3', 'mine')];
  assert.throws(
    () => betweenEnds(twins, { good: 'v6.16.3', bad: '6.19.14' }),
    /may be 6\.16\.3, mine; give the name/,
  );
});
