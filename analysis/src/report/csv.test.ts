// SPDX-License-Identifier: Apache-2.0
/** RFC 4180 both ways. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCsv, parseCsv } from './csv.js';

const AWKWARD = [
  ['plain', 'with,comma', 'with "quotes"', ''],
  ['two\nlines', 'two\r\nlines', ' blank ', ','],
];

test('only fields that need it are quoted, and quotes are doubled', () => {
  assert.equal(formatCsv([['a', 'b,c', 'd"e', 'f\ng']]), 'a,"b,c","d""e","f\ng"\n');
});

test('what was written is read back', () => {
  assert.deepEqual(parseCsv(formatCsv(AWKWARD)), AWKWARD);
});

test('both line endings and a missing last newline are read', () => {
  assert.deepEqual(parseCsv('a,b\r\n1,\r\n2,"x"'), [
    ['a', 'b'],
    ['1', ''],
    ['2', 'x'],
  ]);
  assert.deepEqual(parseCsv(''), []);
  assert.deepEqual(parseCsv('a,'), [['a', '']]);
});

test('a misplaced quote is told with its offset', () => {
  assert.throws(() => parseCsv('a,b"c\n'), /offset 2/);
  assert.throws(() => parseCsv('a,"open\n'), /offset 2/);
});
