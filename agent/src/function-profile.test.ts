// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFunctionProfile } from './function-profile.js';

test('counted functions become a profile, and absent ones a fact', () => {
  const { profile, facts } = readFunctionProfile([
    'profile function=mprotect_fixup hits=18 time_us=111801.084 method=function-graph',
    'profile function=no_such_function absent=1',
    'profile function=nor_this absent=1',
    'profile lost_events=7',
  ]);
  assert.deepEqual(profile, [
    { name: 'mprotect_fixup', hits: 18, timeUs: 111801.084, method: 'function-graph' },
  ]);
  assert.deepEqual(facts, {
    attribution: 'available',
    attribution_lost_events: '7',
    attribution_absent_functions: 'no_such_function,nor_this',
  });
});

test('a kernel that cannot trace gives an empty profile with its reason', () => {
  const { profile, facts } = readFunctionProfile(['profile unavailable=tracefs: No such device']);
  assert.deepEqual(profile, []);
  assert.deepEqual(facts, { attribution: 'unavailable: tracefs: No such device' });
});

test('counts that are no numbers are a fact, and neither a profile nor an absent function', () => {
  const { profile, facts } = readFunctionProfile([
    'profile function=dots hits=18 time_us=1.2.3 method=function-graph',
    'profile function=dot hits=18 time_us=. method=function-graph',
    `profile function=huge hits=${'9'.repeat(400)} time_us=1 method=function-graph`,
    `profile function=long hits=1 time_us=${'9'.repeat(400)} method=function-graph`,
    'profile function=half hits=1 time',
  ]);
  assert.deepEqual(profile, []);
  assert.deepEqual(facts, {
    attribution: 'available',
    attribution_unreadable_functions: 'dots,dot,huge,long,half',
  });
});
