// SPDX-License-Identifier: Apache-2.0
/** Widths, alignment and cells of several lines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderAsciiTable } from './ascii-table.js';

const COLUMNS = [
  { header: 'name', align: 'left' },
  { header: 'n', align: 'right' },
  { header: 'value', align: 'left' },
] as const;

test('columns are as wide as their widest line, and no line ends in blanks', () => {
  const rows = [
    [['a'], ['1'], ['12.5']],
    [['longer'], ['100'], ['']],
  ];
  assert.deepEqual(renderAsciiTable({ columns: COLUMNS, rows, gap: 2 }), [
    'name      n  value',
    'a         1  12.5',
    'longer  100',
  ]);
});

test('cells of several lines stand apart by a blank line', () => {
  const rows = [
    [['a'], ['1'], ['x', 'y']],
    [['b', 'c', 'd'], ['2'], ['z']],
  ];
  assert.deepEqual(renderAsciiTable({ columns: COLUMNS, rows, gap: 1 }), [
    'name n value',
    'a    1 x',
    '       y',
    '',
    'b    2 z',
    'c',
    'd',
  ]);
});

test('a table without rows is its header', () => {
  assert.deepEqual(renderAsciiTable({ columns: COLUMNS, rows: [], gap: 1 }), ['name n value']);
});
