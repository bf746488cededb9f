// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAILURE_CLASSES } from './domain.js';
import { type Blame, FAILURE_TABLE, failureStatus, speaksAgainstHost } from './failure-table.js';

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

/** Once more as well: a wrong line here takes a host, or the workload, out of the lab. */
const BLAMED: Readonly<Record<Blame, readonly string[]>> = {
  kernel: ['boot-stuck', 'panic', 'oops', 'reset', 'unexpected-result'],
  workload: ['reproducer-exit', 'reproducer-signal', 'garbage-output', 'deadline'],
  host: [
    'spawn-failed',
    'artifact-missing',
    'accelerator-mismatch',
    'no-output',
    'init-failed',
    'kernel-mismatch',
    'truncated',
    'record-incomplete',
  ],
  spec: ['cpu-mismatch', 'memory-mismatch', 'command-line-mismatch', 'placement-mismatch'],
  nobody: ['host-disturbed'],
};

test('each class blames one party, and a finding never the host', () => {
  for (const name of FAILURE_CLASSES) {
    const { blames, status } = FAILURE_TABLE[name];
    assert.ok(BLAMED[blames].includes(name), `${name} blames ${blames}`);
    const isFinding = status === 'subject-failed';
    assert.equal(blames === 'kernel' || blames === 'workload', isFinding, name);
  }
});

test('what the spec asked for and what passes by itself do not speak against a host', () => {
  const silent = FAILURE_CLASSES.filter((name) => !speaksAgainstHost(name));
  assert.deepEqual(silent.sort(), [...BLAMED.spec, ...BLAMED.nobody].sort());
});

test('an artefact of the emulator is ours, whatever it looks like', () => {
  assert.equal(failureStatus({ class: 'panic', isEmulatorArtefact: true }), 'lab-failed');
  assert.equal(failureStatus({ class: 'panic', isEmulatorArtefact: false }), 'subject-failed');
});
