// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONSOLE_TAIL_BYTES_MAX, tailOfConsole } from './console-tail.js';

const bytes = (text: string) => new TextEncoder().encode(text);

test('a short console is kept whole, without carriage returns', () => {
  assert.equal(tailOfConsole(bytes('one\r\ntwo\r\n')), 'one\ntwo\n');
});

test('a long console is cut at the start of a line, and ends as it ends', () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join('');
  const tail = tailOfConsole(bytes(lines));
  assert.ok(tail.length <= CONSOLE_TAIL_BYTES_MAX);
  assert.ok(tail.length > CONSOLE_TAIL_BYTES_MAX - 100);
  assert.match(tail, /^line \d+\n/);
  assert.ok(tail.endsWith('line 19999\n'));
});

test('bytes that are no text cannot swell the tail', () => {
  const tail = tailOfConsole(new Uint8Array(CONSOLE_TAIL_BYTES_MAX).fill(0xff));
  assert.ok(bytes(tail).length <= CONSOLE_TAIL_BYTES_MAX);
});
