// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { entryLinesOf, entryTextOf, idOfEntries, readEntryLines } from './entry-lines.js';
import { type LogEntry, messageIdOf } from './log-entry.js';
import { sampleOutcome } from './testing/sample-entries.js';

test('entries of one message come back in their order, whatever line breaks are in them', () => {
  const outcome = sampleOutcome();
  const facts = { dmesg: 'one\ntwo\r\nthree\u2028four' };
  const multi: LogEntry = { ...outcome, outcome: { ...outcome.outcome, facts } };
  const entries = [multi, outcome, multi];
  const read = readEntryLines(entryLinesOf(entries.map(entryTextOf)));
  assert.deepEqual(read, { entries, malformed: [] });
});

test('a line that cannot be read hides none beside it', () => {
  const outcome = sampleOutcome();
  const { text: line } = entryTextOf(outcome);
  const { entries, malformed } = readEntryLines(`${line}\n{"type":"riddle"}\n${line}`);
  assert.deepEqual(entries, [outcome, outcome]);
  assert.equal(malformed.length, 1);
  assert.deepEqual(readEntryLines('').entries, []);
  assert.equal(readEntryLines('').malformed.length, 1);
});

test('an entry alone keeps its id, and each set of entries has one of its own', () => {
  const outcome = entryTextOf(sampleOutcome());
  const other = entryTextOf(sampleOutcome({ attempt: 2 }));
  assert.equal(idOfEntries([outcome]), messageIdOf(sampleOutcome()));
  const sets = [[outcome, other], [other, outcome], [outcome], [other], [outcome, other, other]];
  assert.equal(new Set(sets.map(idOfEntries)).size, sets.length);
  assert.equal(idOfEntries([outcome, other]), idOfEntries([outcome, other]));
});
