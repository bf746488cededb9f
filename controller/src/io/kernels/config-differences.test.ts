// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KernelName, LabsweepError, type Sha256, sha256Of } from '@labsweep/proto';
import { type ConfigBaseline, withConfigDifferences } from './config-differences.js';

const [OLD, NEW] = ['CONFIG_NUMA=y\n', '# CONFIG_NUMA is not set\nCONFIG_ZRAM=m\n'];
const TEXTS = new Map([OLD, NEW].map((text) => [sha256Of(text), Buffer.from(text)]));
const texts = {
  get: async (sha256: Sha256) => {
    const text = TEXTS.get(sha256);
    if (text === undefined) throw new LabsweepError('the artifact is gone');
    return text;
  },
};
const configOf = (text: string) => ({ sha256: sha256Of(text), sizeBytes: text.length });
const baseline = (text: string): ConfigBaseline => ({
  name: 'old' as KernelName,
  config: configOf(text),
});
const kernel = (text?: string) => ({
  name: 'new' as KernelName,
  source: 'file:x',
  ...(text !== undefined && { config: configOf(text) }),
});

test('a kernel is told in what its configuration differs from the baseline', async () => {
  assert.deepEqual(await withConfigDifferences(kernel(NEW), baseline(OLD), texts), {
    ...kernel(),
    config: {
      ...configOf(NEW),
      differences: {
        against: 'old',
        changedCount: 1,
        addedCount: 1,
        removedCount: 0,
        options: ['NUMA y -> n', '+ZRAM m'],
      },
    },
  });
});

test('the same one, an unknown one and a lost one leave the kernel as it is', async () => {
  const unknown = { name: 'old' as KernelName, config: undefined };
  for (const [of, against] of [
    [kernel(OLD), baseline(OLD)],
    [kernel(), baseline(OLD)],
    [kernel(NEW), unknown],
    [kernel(NEW), baseline('a text that the store has lost')],
  ] as const) {
    assert.deepEqual(await withConfigDifferences(of, against, texts), of);
  }
});
