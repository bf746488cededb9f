// SPDX-License-Identifier: Apache-2.0
/** Goal: both ends of a trial are stored, and what did not change is stored once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factsOfRecord } from './record-facts.js';

test('facts carry a prefix, and those that changed have a second value', () => {
  const record = {
    mode: 'observe' as const,
    before: { governor: 'performance', uptime_s: '1.00', turbo: 'absent' },
    after: { governor: 'performance', uptime_s: '9.00', turbo: 'boost=1' },
    warnings: [],
    disturbances: [],
  };
  assert.deepEqual(factsOfRecord(record), {
    hygiene_mode: 'observe',
    host_governor: 'performance',
    host_uptime_s: '1.00',
    host_uptime_s_end: '9.00',
    host_turbo: 'absent',
    host_turbo_end: 'boost=1',
  });
});
