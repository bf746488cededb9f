// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { formatLogEntry } from './entry-text.js';
import { sampleOutcome } from './testing/sample-entries.js';

test('an entry is written once, as long as few others come between, and right at any time', () => {
  const first = sampleOutcome();
  const text = formatLogEntry(first);
  let written = 0;
  const counting = (attempt: number, consoleTail = '') => {
    const entry = sampleOutcome({ attempt });
    const outcome = { ...entry.outcome, consoleTail };
    const toJSON = () => {
      written += 1;
      return { ...entry, outcome };
    };
    return Object.assign({ ...entry, outcome }, { toJSON });
  };
  const again = counting(2);
  for (let turn = 0; turn < 5; turn += 1) formatLogEntry(again);
  assert.equal(written, 1);
  for (let attempt = 3; attempt < 400; attempt += 1) formatLogEntry(counting(attempt));
  formatLogEntry(again);
  assert.equal(written, 398);
  for (let attempt = 400; attempt < 2_000; attempt += 1) formatLogEntry(counting(attempt));
  formatLogEntry(again);
  assert.equal(written, 1_999, 'it was forgotten and is written anew');
  // One that is longer than all that may be kept is kept alone.
  const long = counting(3_000, 'x'.repeat(1024 * 1024));
  assert.equal(formatLogEntry(long).length, formatLogEntry(long).length);
  assert.equal(written, 2_000);
  assert.equal(formatLogEntry(first), text);
});
