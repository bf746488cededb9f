// SPDX-License-Identifier: Apache-2.0
/** Keys of both sources as a reader of /proc knows them, and keys nobody has heard of. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPrintedState, stateText, stopsComparison, wordsOfKey } from './state-words.js';

test('keys are told in the words of the kernel', () => {
  assert.equal(wordsOfKey('mapping12.anon_huge_pages_kb'), 'AnonHugePages of mapping 12');
  assert.equal(wordsOfKey('pages_present_before'), 'pages present before');
  assert.equal(wordsOfKey('mappings'), 'mappings');
  assert.equal(wordsOfKey('mapping1.something_new'), 'mapping1.something_new');
  assert.equal(stateText('mapping1.rss_kb', '4'), '4 kB');
  assert.equal(stateText('mapping1.rss_kb', 'absent'), 'absent');
  assert.equal(stateText('mapping1.something_new', '4'), '4');
});

test('only state is taken from a result line', () => {
  assert.equal(isPrintedState('vma_count_after'), true);
  assert.equal(isPrintedState('vma_count'), false);
  assert.equal(isPrintedState('iteration_ns_per_page'), false);
  assert.equal(isPrintedState('wall_ms_before'), false);
});

test('eligibility alone stops nothing, an unknown key does', () => {
  assert.equal(stopsComparison('mapping1.thp_eligible'), false);
  assert.equal(stopsComparison('thp_eligible_after'), false);
  assert.equal(stopsComparison('mapping1.something_new'), true);
});
