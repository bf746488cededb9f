// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { formatLogEntry, parseLogEntry } from '@labsweep/proto';
import { outcomeToSpool } from './readable-outcome.js';
import { sampleOutcome } from './testing/sample-outcome.js';

const measured = { status: 'measured' as const, facts: {}, consoleTail: '' };

test('what a controller can read is left as it is', () => {
  const entry = sampleOutcome('a');
  assert.equal(outcomeToSpool(entry), entry);
});

test('a number that is none makes a failure of the lab that names it, and can be read', () => {
  const samples = [
    { scenario: 's', line: 'result' as const, values: { ns: Number.NaN }, texts: {} },
  ];
  const entry = outcomeToSpool(sampleOutcome('a', { outcome: { ...measured, samples } }));
  assert.deepEqual(parseLogEntry(formatLogEntry(entry)), entry);
  const { status, failure } = entry.outcome;
  assert.deepEqual([status, failure?.class], ['lab-failed', 'record-incomplete']);
  assert.match(failure?.message ?? '', /malformed at outcome\.samples\.0\.values\.ns: .*a defect/);
});

test('what is wrong beside the outcome is told by name, and not spooled', () => {
  assert.throws(
    () => outcomeToSpool(sampleOutcome('a', { startedAtMs: -1 })),
    /no outcome of .*: log entry is malformed at startedAtMs/,
  );
});
