// SPDX-License-Identifier: Apache-2.0
/** Goal: what is written is read back as the same value. Method: the reader is the oracle. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readToml } from './toml.js';
import { tomlText } from './toml-text.js';

const EXAMPLES = new URL('../../../examples/', import.meta.url);

function readValue(text: string): unknown {
  const read = readToml(text);
  assert(read.ok, read.ok ? '' : `${read.error.message} in\n${text}`);
  return read.document.value;
}

test('every example is the same value when it is written and read again', () => {
  const names = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.toml'),
  );
  assert.ok(names.length >= 6);
  for (const name of names) {
    const value = readValue(readFileSync(new URL(name, EXAMPLES), 'utf8'));
    assert.deepEqual(readValue(tomlText(value as Record<string, unknown>)), value, name);
  }
});

test('awkward keys, texts, numbers and nestings survive', () => {
  const value = {
    text: 'quote " backslash \\ tab \t newline \n nul \u0000 del \u007f ä 漢 \u{1f600}',
    'dotted.key "x"': 1.5,
    empty: '',
    none: [],
    numbers: [0, -1, 2 ** 32 - 1, 0.001, 1e-7, 1e300],
    mixed: [{ a: 1 }, { b: [true, false] }],
    table: { plain: 1, inner: { 'v6.17': 'host' }, after: { list: ['a', 'b'] } },
  };
  assert.deepEqual(readValue(tomlText(value)), value);
});

test('a key of the top stays there although a table was written first', () => {
  assert.equal(tomlText({ table: { a: 1 }, name: 'x' }), 'name = "x"\n\n[table]\na = 1\n');
});
