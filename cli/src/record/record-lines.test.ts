// SPDX-License-Identifier: Apache-2.0
/** The record of a sweep goes to lines and back, and says where it is broken. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '@labsweep/proto';
import { sampleLog } from '../testing/sample-log.js';
import { formatRecord, parseRecord } from './record-lines.js';

async function* fed(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield line.replace(/\n$/, '');
}

const lines = [...formatRecord(sampleLog())];

test('a record comes back as it was', async () => {
  assert.deepEqual(await parseRecord('r', fed(lines)), sampleLog());
});

test('what is wrong is told with file and line', async () => {
  const cases = [
    [[], /^r:1: the record is empty/],
    [lines.slice(0, -1), /^r: the record is cut off: 5 of 6 entries/],
    [['{}', ...lines.slice(1)], /^r:1: the schema is undefined; this labsweep reads/],
    [['no json', ...lines.slice(1)], /^r:1: this is no record of a sweep/],
    [lines.with(0, '{"schema":"labsweep-record/1"}'), /^r:1: sweep: /],
    [lines.with(2, '{"type":"host-joined"}'), /^r:3: log entry is malformed at sweep/],
    [lines.with(3, '{'), /^r:4: /],
  ] as readonly (readonly [string[], RegExp])[];
  for (const [text, words] of cases) {
    await assert.rejects(parseRecord('r', fed(text)), (error) => {
      assert(error instanceof UsageError, String(error));
      assert.match(error.message, words);
      return true;
    });
  }
});
