// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { wrapWords } from './wrap-words.js';

test('Words that do not fit go on a line of their own, below the first word.', () => {
  const words = ['one', 'three', 'two', 'four'];
  assert.deepEqual(wrapWords({ start: '1  ', words, width: 12 }), ['1  one three', '   two four']);
});

test('A word that fits on no line is cut, and none of it is lost.', () => {
  assert.deepEqual(wrapWords({ start: '> ', words: ['abcdefgh', 'i'], width: 5 }), [
    '> abc',
    '  def',
    '  gh',
    '  i',
  ]);
});

test('Without words only the start is left.', () => {
  assert.deepEqual(wrapWords({ start: 'empty  ', words: [], width: 80 }), ['empty']);
});
