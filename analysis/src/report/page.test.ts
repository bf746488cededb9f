// SPDX-License-Identifier: Apache-2.0
/** Wrapping, and the guarantee that nothing leaves the page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishPage, PAGE_COLUMNS, wrapText } from './page.js';

test('text breaks at blanks, and the lines after the first are indented', () => {
  assert.deepEqual(wrapText('one two three four', { prefix: '- ', columns: 10 }), [
    '- one two',
    '  three',
    '  four',
  ]);
});

test('a word that is longer than a line is broken, and none of it is lost', () => {
  const lines = wrapText('x'.repeat(25), { columns: 10 });
  assert.deepEqual(lines, ['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)]);
});

test('no text is one line with the prefix alone', () => {
  assert.deepEqual(wrapText('', { prefix: 'key  ' }), ['key']);
});

test('a finished page is ASCII of 80 columns, whatever came in', () => {
  const lines = finishPage([`\u00b5s\t\u{1f600} ${'y'.repeat(100)}`, '', 'ok  ']);
  assert.deepEqual(lines, [`?s ?? ${'y'.repeat(74)}`, 'y'.repeat(26), '', 'ok']);
  assert.ok(lines.every((line) => line.length <= PAGE_COLUMNS));
});
