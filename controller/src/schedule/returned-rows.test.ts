// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: a block that agents give back again and again burns no host for a night, and its reason is
 * read. Method: the scheduler, told of blocks that came back, under a virtual clock.
 */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { HostId } from '@labsweep/proto';
import { outcomeEntry, submittedEntry, wholeAttempt } from '../testing/lab-harness.js';
import { ScheduleLab } from '../testing/schedule-lab.js';
import { RETURNED_MAX, RETURNED_ROW_REST_MAX_MS } from './unready-rows.js';

const REASON = 'EACCES: permission denied';
const NIGHT_MS = 8 * 3_600_000;
const STEP_MS = 5_000;

/** Until the host has a lease; what others get meanwhile is theirs. */
function untilGranted(lab: ScheduleLab, host: string): string {
  for (let step = 0; step < NIGHT_MS / STEP_MS; step += 1) {
    const granted = lab.granted().find((line) => line.startsWith(`${host} `));
    if (granted !== undefined) return granted;
    lab.pass(STEP_MS);
  }
  throw new Error(`${host} got nothing for a night`);
}

/** All blocks of the other row are decided. */
function oneRow(...hosts: readonly string[]): ScheduleLab {
  const others = ['qemu-smp2/r1', 'qemu-smp2/r2'].flatMap((block) => wholeAttempt(block));
  return ScheduleLab.begun(submittedEntry(), ...others).come(...hosts);
}

test('Blocks that all hosts give back all night cost a few tries, and the user reads why.', () => {
  const hosts = ['host-a', 'host-b', 'host-c'];
  const lab = ScheduleLab.begun(submittedEntry()).come(...hosts);
  let grants = 0;
  const toldAtMs: number[] = [];
  while (lab.nowMs < NIGHT_MS) {
    grants += lab.granted().length;
    lab.pass(STEP_MS);
    for (const host of hosts) {
      if (lab.scheduler.leases.ofHost(host as HostId)) lab.end(host, 'returned', REASON);
    }
    if (lab.waiting().length > toldAtMs.length) toldAtMs.push(lab.nowMs);
  }
  // Each host has to try each row three times, and rests for up to a minute after each.
  const [, second = NIGHT_MS] = toldAtMs;
  assert.ok(second < 10 * 60_000, `told after ${toldAtMs} ms`);
  for (const row of lab.waiting()) assert.match(row, /host-a: its blocks keep coming back: EACCES/);
  // The rest of each of six pairs of host and row doubles up to an hour.
  assert.ok(grants > 0 && grants < 6 * 25, `${grants} grants`);
});

test('What came back three times is named until a block of the row is finished.', () => {
  const lab = oneRow('host-a');
  for (let count = 1; count <= RETURNED_MAX; count += 1) {
    assert.deepEqual(lab.waiting(), [], `before time ${count}`);
    untilGranted(lab, 'host-a');
    lab.end('host-a', 'returned', REASON);
  }
  assert.match(
    lab.waiting()[0] ?? '',
    /^qemu-smp1 host-a: its blocks keep coming back: EACCES: .*; mend that/,
  );
  assert.equal(untilGranted(lab, 'host-a'), 'host-a qemu-smp1/r1 a1');
  lab.fold(outcomeEntry('qemu-smp1/r1/old'));
  assert.equal(lab.waiting().length, 1, 'a part of a block proves nothing');
  lab.fold(...wholeAttempt('qemu-smp1/r1')).end('host-a');
  assert.deepEqual(lab.waiting(), []);
});

test('A row that another host can run does not wait for the one that gives it back.', () => {
  const lab = oneRow('host-a');
  for (let count = 1; count <= RETURNED_MAX; count += 1) {
    untilGranted(lab, 'host-a');
    lab.end('host-a', 'returned', REASON);
  }
  lab.come('host-b');
  assert.deepEqual(lab.waiting(), []);
  assert.deepEqual(lab.granted(), ['host-b qemu-smp1/r1 a1']);
});

test('The rest ends at an hour, and when the agent comes anew.', () => {
  const lab = oneRow('host-a');
  let atMs = 0;
  let longestMs = 0;
  for (let count = 1; count <= RETURNED_MAX + 14; count += 1) {
    untilGranted(lab, 'host-a');
    longestMs = Math.max(longestMs, lab.nowMs - atMs);
    lab.end('host-a', 'returned', REASON);
    atMs = lab.nowMs;
  }
  assert.ok(longestMs >= RETURNED_ROW_REST_MAX_MS);
  assert.ok(longestMs <= RETURNED_ROW_REST_MAX_MS + STEP_MS, `${longestMs} ms`);
  assert.deepEqual(lab.granted(), []);
  lab.comeAs('host-a', { startedAtMs: 1 });
  assert.deepEqual(lab.granted(), ['host-a qemu-smp1/r1 a1']);
});
