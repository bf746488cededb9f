// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { HostId, Sha256 } from './domain.js';
import { formatLogEntry } from './entry-text.js';
import { messageIdOf, parseLogEntry } from './log-entry.js';
import { sampleOutcome } from './testing/sample-entries.js';

test('an outcome comes back from its text as it was, fractions included', () => {
  const failure = { class: 'panic' as const, message: 'Kernel panic - not syncing' };
  const failed = sampleOutcome({
    outcome: { ...sampleOutcome().outcome, status: 'subject-failed', failure },
    evidence: { console: 'a'.repeat(64) as Sha256 },
  });
  for (const entry of [sampleOutcome(), failed]) {
    assert.deepEqual(parseLogEntry(formatLogEntry(entry)), entry);
  }
});

test('a kernel comes back with its configuration, and without one from an earlier log', () => {
  const header = { type: 'commanded', sweep: 's', id: 'c', atMs: 1, by: 'b' };
  const textOf = (config: object) => {
    const kernel = { name: 'v6.17', source: 'file:x', ...config };
    return JSON.stringify({ ...header, command: { kind: 'add-kernel', kernel } });
  };
  const counts = { changedCount: 1, addedCount: 0, removedCount: 0 };
  const differences = { against: 'v6.16', ...counts, options: ['NUMA y -> n'] };
  const config = { sha256: 'a'.repeat(64), sizeBytes: 9, differences };
  for (const text of [textOf({ config }), textOf({})]) {
    assert.deepEqual(parseLogEntry(text), JSON.parse(text));
  }
  const spoilt = textOf({ config: { ...config, sha256: 'short' } });
  assert.throws(() => parseLogEntry(spoilt), /malformed at command\.kernel\.config\.sha256/);
});

test('a malformed entry is refused with the name of the field', () => {
  const text = formatLogEntry(sampleOutcome()).replace('"measured"', '"good"');
  assert.throws(() => parseLogEntry(text), /malformed at outcome\.status/);
  assert.throws(() => parseLogEntry('{"type":"unheard-of"}'), /malformed at type/);
});

test('the message id tells attempts and hosts apart, and nothing else', () => {
  const id = messageIdOf(sampleOutcome());
  assert.equal(messageIdOf(sampleOutcome({ session: 'other', durationMs: 1 })), id);
  assert.notEqual(messageIdOf(sampleOutcome({ attempt: 2 })), id);
  assert.notEqual(messageIdOf(sampleOutcome({ host: 'host-b' as HostId })), id);
});
