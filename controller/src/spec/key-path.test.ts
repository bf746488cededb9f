// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { formatKeyPath } from './key-path.js';

test('A path is shown as TOML would write it.', () => {
  assert.equal(formatKeyPath(['kernels', 'v6.12']), 'kernels."v6.12"');
  assert.equal(formatKeyPath(['environments', 0, 'smp', 12]), 'environments[0].smp[12]');
  assert.equal(formatKeyPath(['a b', 'c_d-e']), '"a b".c_d-e');
});
