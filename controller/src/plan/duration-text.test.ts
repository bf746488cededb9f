// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { durationText } from './duration-text.js';

test('A duration is told in its two largest units.', () => {
  const texts = {
    0: '0 s',
    1: '0.001 s',
    500: '0.5 s',
    9999: '10 s',
    12000: '12 s',
    59499: '59 s',
    60000: '1 min',
    171000: '2 min 51 s',
    3600000: '1 h',
    7500000: '2 h 5 min',
    90000000: '1 d 1 h',
  };
  for (const [durationMs, text] of Object.entries(texts)) {
    assert.equal(durationText(Number(durationMs)), text);
  }
});

test('Rounding never makes a full sixty of the smaller unit.', () => {
  assert.equal(durationText(59_600), '1 min');
  assert.equal(durationText(3_599_600), '1 h');
  assert.equal(durationText(2 * 3_600_000 - 20_000), '2 h');
  assert.equal(durationText(86_400_000 - 1), '1 d');
});
