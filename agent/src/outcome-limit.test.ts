// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { formatLogEntry, type Sample } from '@labsweep/proto';
import { fitOutcome, OUTCOME_BYTES_MAX } from './outcome-limit.js';
import { sampleOutcome } from './testing/sample-outcome.js';

const sample: Sample = { scenario: 's', line: 'result', values: { ns: 1 }, texts: {} };

test('an outcome that fits stays as it is', () => {
  const entry = sampleOutcome('a');
  assert.equal(fitOutcome(entry), entry);
});

test('one that is too large is a failure that says what to do, and fits', () => {
  const samples = Array.from({ length: 20_000 }, () => sample);
  const facts = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, index) => [`fact${index}`, 'x'.repeat(1_000)]),
  );
  const outcome = { status: 'measured' as const, samples, facts, consoleTail: 'é'.repeat(65_536) };
  const fitted = fitOutcome(sampleOutcome('a', { outcome }));
  assert.equal(fitted.outcome.status, 'subject-failed');
  assert.equal(fitted.outcome.failure?.class, 'garbage-output');
  assert.match(
    fitted.outcome.failure?.message ?? '',
    /has \d{4} KiB with 20000 result lines, and 768 KiB fit into the log; print fewer lines/,
  );
  assert.deepEqual(fitted.outcome.samples, []);
  assert.ok(formatLogEntry(fitted).length * 3 < OUTCOME_BYTES_MAX);
});

test('a failure that is too large keeps its class', () => {
  const samples = Array.from({ length: 20_000 }, () => sample);
  const failure = { class: 'host-disturbed' as const, message: 'load' };
  const outcome = { status: 'lab-failed' as const, failure, samples, facts: {}, consoleTail: '' };
  const fitted = fitOutcome(sampleOutcome('a', { outcome }));
  assert.equal(fitted.outcome.status, 'lab-failed');
  assert.equal(fitted.outcome.failure?.class, 'host-disturbed');
  assert.match(fitted.outcome.failure?.message ?? '', /^load \(the outcome has/);
});
