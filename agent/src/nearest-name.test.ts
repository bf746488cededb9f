// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestName } from './nearest-name.js';

test('the candidate with the fewest edits is found', () => {
  const keys = ['protect_ns_per_page', 'iteration_ns_per_page', 'pages'];
  assert.equal(nearestName('iteration_ns_per_pgae', keys), 'iteration_ns_per_page');
  assert.equal(nearestName('page', keys), 'pages');
});

test('nothing is offered when all are far off', () => {
  assert.equal(nearestName('bandwidth', ['ns', 'pages']), undefined);
  assert.equal(nearestName('x', []), undefined);
});
