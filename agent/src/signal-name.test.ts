// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { test } from 'node:test';
import { signalName, signalNumber } from './signal-name.js';

test('names and numbers are those of this system', () => {
  for (const [name, number] of Object.entries(constants.signals)) {
    if (name === 'SIGIOT' || name === 'SIGPOLL' || name === 'SIGUNUSED') continue; // Second names.
    assert.equal(signalName(number), `${name} (${number})`);
    assert.equal(signalNumber(name), number);
  }
});

test('a real-time signal has its number only', () => {
  assert.equal(signalName(40), 'signal 40');
  assert.equal(signalNumber('SIGRT_1'), undefined);
});
