// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { SPEC_LENGTH_MAX } from './limits.js';
import { readToml, type TomlDocument } from './toml.js';

function read(text: string): TomlDocument {
  const result = readToml(text);
  assert(result.ok, 'the text is TOML');
  return result.document;
}

test('Each way of writing a key gives its value a place.', () => {
  const document = read(
    ['a.b = 1', '[t."x y"]', 'list = [7, [8]]', '[[e]]', 'k = { in = 2 }', '[e.sub]', 'z = 3'].join(
      '\n',
    ),
  );
  const places = (
    [
      ['a', 'b'],
      ['t'],
      ['t', 'x y'],
      ['t', 'x y', 'list', 1, 0],
      ['e', 0],
      ['e', 0, 'k', 'in'],
      ['e', 0, 'sub'],
      ['e', 0, 'sub', 'z'],
    ] as const
  ).map((path) => {
    const place = document.place(path);
    assert(place, JSON.stringify(path));
    const { key, value, text } = place;
    return `${key.line}:${key.column} ${value.line}:${value.column} ${text}`;
  });
  assert.deepEqual(places, [
    '1:3 1:7 1',
    '2:2 2:1 [t."x y"]',
    '2:4 2:1 [t."x y"]',
    '3:13 3:13 8',
    '4:3 4:1 [[e]]',
    '5:7 5:12 2',
    '6:4 6:1 [e.sub]',
    '7:1 7:5 3',
  ]);
  assert.equal(document.place(['e', 1]), undefined);
  assert.deepEqual(document.lastTable, ['e', 0, 'sub']);
});

test('A table is placed at its own header, even when a part of it comes first.', () => {
  const document = read('[a.b]\nx = 1\n[a]\ny = 2\n');
  assert.equal(document.place(['a'])?.value.line, 3);
  assert.equal(document.place(['a', 'b'])?.value.line, 1);
});

test('Hostile nesting ends in an answer, not in a crash or a long wait.', () => {
  const deepKey = `a${'.a'.repeat(SPEC_LENGTH_MAX / 2 - 4)} = 1`;
  const brackets = SPEC_LENGTH_MAX / 2 - 4;
  const deepArray = `a = ${'['.repeat(brackets)}${']'.repeat(brackets)}`;
  for (const text of [deepKey, deepArray]) {
    const result = readToml(text);
    if (result.ok) assert.equal(result.document.place(['a'])?.key.line, 1);
    else assert.equal(result.error.message, 'Nested too deeply');
  }
});
