// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: the order of deb-version(7). Method: known orders, and dpkg itself on versions put together
 * at random.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand } from '../../command.js';
import { compareDebianVersions } from './debian-version.js';

test('versions of kernel packages are put in order', () => {
  const ascending = [
    '6.17~rc3-1~exp1',
    '6.17-1',
    '6.17.8-1~bpo13+1',
    '6.17.8-1',
    '6.17.13-1~bpo13+1',
    '6.17.13-1',
    '6.17.13-1+b1',
    '1:1.0',
  ];
  const sorted = [...ascending].reverse().sort(compareDebianVersions);
  assert.deepEqual(sorted, ascending);
});

test('the order is that of dpkg', async () => {
  const seed = Date.now() % 1_000_000;
  console.log(`seed ${seed}`);
  let state = seed;
  const pick = <Item>(items: readonly Item[]): Item => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return items[(state >>> 8) % items.length] as Item;
  };
  const part = () => pick(['6', '17', '~rc', '+deb13', '.', '~', 'a', 'Z', '09', '+', '.0', '~~']);
  const version = () => {
    const revision = pick(['', '-1', '-1~bpo', '-0']) + pick(['', '+b1', '~']);
    return `${pick(['', '', '1:'])}6${part()}${part()}${revision}`;
  };
  const { signal } = new AbortController();
  for (let round = 0; round < 60; round += 1) {
    const [left, right] = [version(), version()];
    const args = ['--compare-versions', left, 'lt', right];
    const { exitCode } = await runCommand('dpkg', args, { signal, allowFailure: true });
    assert.equal(compareDebianVersions(left, right) < 0, exitCode === 0, `${left} < ${right}`);
  }
});
