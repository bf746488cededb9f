// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { textTable } from './text-table.js';

test('Columns are as wide as their widest cell, and lines do not end in blanks.', () => {
  const columns = [
    { title: 'row', align: 'left' },
    { title: 'SMP', align: 'right' },
    { title: 'note', align: 'left' },
  ] as const;
  const rows = [
    ['qemu', '16', ''],
    ['a', '1024', 'large'],
  ];
  assert.deepEqual(textTable(columns, rows), [
    'row    SMP  note',
    'qemu    16',
    'a     1024  large',
  ]);
});
