// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAILURE_CLASSES } from '@labsweep/proto';
import { FAILURE_TABLE, failureStatus } from './failure-table.js';

/** A second pair of eyes: what is a finding is listed here on purpose once more. */
const FINDINGS = [
  'boot-stuck',
  'panic',
  'oops',
  'reset',
  'reproducer-exit',
  'reproducer-signal',
  'garbage-output',
  'deadline',
  'unexpected-result',
];

test('each class has one side and a reason', () => {
  for (const name of FAILURE_CLASSES) {
    const expected = FINDINGS.includes(name) ? 'subject-failed' : 'lab-failed';
    assert.equal(FAILURE_TABLE[name].status, expected, name);
    assert.ok(FAILURE_TABLE[name].because.length > 20, name);
  }
});

test('an artefact of the emulator is ours, whatever it looks like', () => {
  assert.equal(failureStatus({ class: 'panic', isEmulatorArtefact: true }), 'lab-failed');
  assert.equal(failureStatus({ class: 'panic', isEmulatorArtefact: false }), 'subject-failed');
});
