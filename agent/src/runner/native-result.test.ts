// SPDX-License-Identifier: Apache-2.0
/** Goal: a trial that did not stay on its CPUs does not count. Method: facts by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '../io/host-tree.js';
import type { Placement } from './native-placement.js';
import { findMovedCpus } from './native-result.js';

const PINNED: Placement = { cpus: [2, 3], coreClass: 'uniform', smpBy: 'affinity', offline: [] };
const ALONE: Placement = { ...PINNED, smpBy: 'offline', offline: [0, 1] };

function look(placement: Placement, facts: Facts): string | undefined {
  const trouble = findMovedCpus(placement, facts);
  return trouble && `${trouble.class}: ${trouble.message}`;
}

test('what is as it was placed is no trouble, and what is not known yet neither', () => {
  const end = { online_cpu_list_end: '2-3', pinned_cpus_end: '2-3' };
  assert.equal(look(ALONE, { online_cpu_list: '2-3', ...end }), undefined);
  assert.equal(look(ALONE, { online_cpu_list: '2-3' }), undefined);
  assert.equal(look(PINNED, { online_cpu_list: '0-3', online_cpu_list_end: '0-2' }), undefined);
});

test('a CPU that somebody has brought back is a mismatch, at the start as at the end', () => {
  const message = 'cpu-mismatch: only CPUs 2-3 were to be online, but 0,2-3 were';
  assert.equal(look(ALONE, { online_cpu_list: '0,2-3' }), message);
  const facts = { online_cpu_list: '2-3', online_cpu_list_end: '0,2-3' };
  assert.equal(look(ALONE, facts), message);
});

test('a reproducer that somebody has moved is a mismatch', () => {
  const message = 'placement-mismatch: the reproducer was pinned to CPUs 2-3, but ended on 0-3';
  assert.equal(look(PINNED, { pinned_cpus_end: '0-3' }), message);
});
