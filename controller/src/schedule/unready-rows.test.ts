// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: a row whose demands a host does not meet waits with the host's reason, and keeps the host
 * from nothing else. Method: the scheduler, told of blocks that came back.
 */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { HostId } from '@labsweep/proto';
import { outcomeEntry, submittedEntry, wholeAttempt } from '../testing/lab-harness.js';
import { ScheduleLab } from '../testing/schedule-lab.js';
import { RETRY_DELAY_MIN_MS } from './retry-delay.js';
import { UNREADY_MAX } from './unready-rows.js';

const REASON = 'hygiene = require is not met after 30.0 s of waiting: governor: powersave';

/** The first block of the first row came back from host-a. */
function givenBack(...hosts: readonly string[]): ScheduleLab {
  const lab = ScheduleLab.begun(submittedEntry()).come('host-a');
  assert.deepEqual(lab.granted(), ['host-a qemu-smp1/r1 a1']);
  return lab.end('host-a', 'unready', REASON).come(...hosts);
}

test('The row waits with the reason, and the host gets another row at once.', () => {
  const lab = givenBack();
  assert.deepEqual(lab.waiting(), [`qemu-smp1 host-a: ${REASON}`]);
  assert.deepEqual(lab.granted(), ['host-a qemu-smp2/r1 a1']);
});

test('The row comes again after a rest, and waits until a trial of it has run.', () => {
  const lab = givenBack();
  lab.granted();
  lab.fold(...wholeAttempt('qemu-smp2/r1')).end('host-a');
  assert.deepEqual(lab.granted(), ['host-a qemu-smp2/r2 a1']);
  lab.pass(RETRY_DELAY_MIN_MS);
  lab.fold(...wholeAttempt('qemu-smp2/r2')).end('host-a');
  assert.deepEqual(lab.granted(), ['host-a qemu-smp1/r1 a1'], 'the same attempt: nothing ran');
  assert.equal(lab.waiting().length, 1, 'the host looks again, and nothing is known yet');
  lab.fold(outcomeEntry('qemu-smp1/r1/old'));
  assert.deepEqual(lab.waiting(), []);
});

test('The rest doubles each time.', () => {
  const lab = givenBack();
  lab.granted();
  lab.fold(...['qemu-smp2/r1', 'qemu-smp2/r2'].flatMap((block) => wholeAttempt(block)));
  lab.end('host-a').pass(RETRY_DELAY_MIN_MS);
  assert.deepEqual(lab.granted(), ['host-a qemu-smp1/r1 a1']);
  lab.end('host-a', 'unready', REASON);
  assert.deepEqual(lab.pass(RETRY_DELAY_MIN_MS).granted(), []);
  assert.deepEqual(lab.pass(RETRY_DELAY_MIN_MS).granted(), ['host-a qemu-smp1/r1 a1']);
});

test('A row that another host can run does not wait.', () => {
  const lab = givenBack('host-b');
  assert.deepEqual(lab.waiting(), []);
  assert.ok(lab.granted().includes('host-b qemu-smp1/r1 a1'));
});

test('A half-run block is left to its host, but not after it came back three times.', () => {
  const lab = ScheduleLab.begun(submittedEntry(), outcomeEntry('qemu-smp1/r1/old')).come('host-a');
  lab.fold(...['qemu-smp1/r2', 'qemu-smp2/r1', 'qemu-smp2/r2'].flatMap((b) => wholeAttempt(b)));
  for (let count = 1; count <= UNREADY_MAX; count += 1) {
    assert.deepEqual(lab.granted(), ['host-a qemu-smp1/r1 a1'], `time ${count}`);
    lab.end('host-a', 'unready', REASON);
    lab.come('host-b');
    assert.deepEqual(lab.granted(), count < UNREADY_MAX ? [] : ['host-b qemu-smp1/r1 a2']);
    lab.scheduler.left('host-b' as HostId, lab.nowMs);
    lab.pass(RETRY_DELAY_MIN_MS * 2 ** (count - 1));
  }
});

test('An agent that comes anew is asked anew.', () => {
  const lab = givenBack('host-a');
  assert.deepEqual(lab.waiting(), []);
  assert.deepEqual(lab.granted(), ['host-a qemu-smp1/r1 a1']);
});
