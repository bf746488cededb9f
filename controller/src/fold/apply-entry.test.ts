// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type BlockId, type HostId, type LogEntry, messageIdOf } from '@labsweep/proto';
import { outcomeEntry, SWEEP, submittedEntry, wholeAttempt } from '../testing/lab-harness.js';
import { applyEntry } from './apply-entry.js';
import { emptyLabState, isEnded, type SweepState } from './lab-state.js';

const BLOCK = 'qemu-smp1/r1' as BlockId;

function withSchedule(lines: string): LogEntry {
  const submitted = submittedEntry();
  return { ...submitted, specText: `${submitted.specText}\n[schedule]\n${lines}\n` };
}

function fold(...entries: readonly LogEntry[]): SweepState {
  return foldOf(submittedEntry(), ...entries);
}

function foldOf(...entries: readonly LogEntry[]): SweepState {
  const lab = emptyLabState();
  for (const entry of entries) applyEntry(lab, entry);
  const sweep = lab.sweeps.get(SWEEP);
  assert(sweep);
  return sweep;
}

const decisionOf = (sweep: SweepState) => sweep.blocks.get(BLOCK)?.decision;

test('the first attempt with every trial measured is the one that counts', () => {
  const sweep = fold(...wholeAttempt(BLOCK), ...wholeAttempt(BLOCK, { attempt: 2 }));
  assert.deepEqual(decisionOf(sweep), {
    block: BLOCK,
    attempt: 1,
    host: 'host-a',
    complete: true,
  });
  assert.equal(sweep.decidedCount, 1);
});

test('an entry that comes twice, or late, changes nothing', () => {
  const lab = emptyLabState();
  assert.equal(applyEntry(lab, submittedEntry()), true);
  assert.equal(applyEntry(lab, submittedEntry({ atMs: 9 })), false);
  const entry = outcomeEntry('qemu-smp1/r1/old');
  assert.equal(applyEntry(lab, entry), true);
  assert.equal(applyEntry(lab, entry), false);
  assert.equal(lab.sweeps.get(SWEEP)?.settledCount, 1);
  assert.ok(lab.folded.has(messageIdOf(entry)));
  assert.ok(!lab.folded.has(messageIdOf({ ...entry, attempt: 2 })));
  assert.ok(!lab.folded.has(messageIdOf({ ...entry, host: 'host-b' as HostId })));
});

test('outcomes of an unknown sweep, block or trial are left out', () => {
  const lab = emptyLabState();
  assert.equal(applyEntry(lab, outcomeEntry('qemu-smp1/r1/old')), false);
  applyEntry(lab, submittedEntry());
  assert.equal(applyEntry(lab, outcomeEntry('qemu-smp9/r1/old')), false);
  assert.equal(applyEntry(lab, outcomeEntry('qemu-smp1/r1/other')), false);
});

test('a failed subject gets one more attempt, then the best attempt counts as incomplete', () => {
  const failing = (attempt: number) => [
    outcomeEntry(`${BLOCK}/old`, { attempt }),
    outcomeEntry(`${BLOCK}/new`, { attempt, status: 'subject-failed' }),
  ];
  assert.equal(decisionOf(fold(...failing(1))), undefined);
  const twice = decisionOf(fold(...failing(1), ...failing(2)));
  assert.deepEqual(twice, { block: BLOCK, attempt: 1, host: 'host-a', complete: false });
  const clean = decisionOf(fold(...failing(1), ...wholeAttempt(BLOCK, { attempt: 2 })));
  assert.equal(clean?.attempt, 2);
  assert.equal(clean?.complete, true);
});

test('a spec says how often a failed subject is run anew', () => {
  const failing = (attempt: number) => wholeAttempt(BLOCK, { attempt, status: 'subject-failed' });
  const never = withSchedule('rerun = 0');
  assert.equal(decisionOf(foldOf(never, ...failing(1)))?.complete, false);
  const thrice = withSchedule('rerun = 3');
  const three = [1, 2, 3].flatMap(failing);
  assert.equal(decisionOf(foldOf(thrice, ...three)), undefined);
  assert.equal(decisionOf(foldOf(thrice, ...three, ...failing(4)))?.attempt, 1);
});

test('failures of the lab are counted by row, and not as failures of the subject', () => {
  const failing = (block: string, attempt: number) =>
    wholeAttempt(block, { attempt, status: 'lab-failed' });
  const three = withSchedule('rerun = 0\nlab_failures_max = 3');
  const entries = [...failing(BLOCK, 1), ...failing('qemu-smp2/r1', 1), ...failing(BLOCK, 2)];
  assert.equal(decisionOf(foldOf(three, ...entries)), undefined, 'another row does not count');
  const more = foldOf(three, ...entries, ...failing('qemu-smp1/r2', 1));
  assert.equal(more.blocks.get('qemu-smp1/r2' as BlockId)?.decision?.complete, false);
  assert.equal(decisionOf(more), undefined, 'what waits for its retry may still get it');
  const last = foldOf(three, ...entries, ...failing('qemu-smp1/r2', 1), ...failing(BLOCK, 3));
  assert.equal(decisionOf(last)?.complete, false);
});

test('a kernel that fails is not hidden by an attempt in which the lab failed instead', () => {
  const attempt = (number: number, status: 'lab-failed' | 'subject-failed') => [
    outcomeEntry(`${BLOCK}/old`, { attempt: number }),
    outcomeEntry(`${BLOCK}/new`, { attempt: number, status }),
  ];
  const given = [...attempt(1, 'lab-failed'), ...attempt(2, 'subject-failed')];
  assert.equal(decisionOf(fold(...given, ...attempt(3, 'subject-failed')))?.attempt, 2);
});

test('a new round starts with no failures of the lab', () => {
  const failing = (attempt: number) => wholeAttempt(BLOCK, { attempt, status: 'lab-failed' });
  const two = withSchedule('lab_failures_max = 2');
  const given = [...failing(1), ...failing(2)];
  const rerun: LogEntry = {
    type: 'commanded',
    sweep: SWEEP,
    id: '1',
    atMs: 9,
    by: 'tester',
    command: { kind: 'rerun-failed' },
  };
  assert.equal(decisionOf(foldOf(two, ...given))?.complete, false);
  assert.equal(decisionOf(foldOf(two, ...given, rerun, ...failing(3))), undefined);
  const late = foldOf(two, ...given, rerun, ...failing(3), ...failing(4));
  assert.equal(decisionOf(late)?.attempt, 3);
});

test('trials of two hosts never make one attempt', () => {
  const sweep = fold(
    outcomeEntry(`${BLOCK}/old`),
    outcomeEntry(`${BLOCK}/new`, { host: 'host-b' as HostId }),
  );
  assert.equal(decisionOf(sweep), undefined);
  assert.equal(sweep.blocks.get(BLOCK)?.attempts.length, 2);
});

test('a sweep ends with its last block, or when it is cancelled', () => {
  const rows = ['qemu-smp1', 'qemu-smp2'];
  const blocks = rows.flatMap((row) => [`${row}/r1`, `${row}/r2`]);
  const sweep = fold(...blocks.slice(1).flatMap((block) => wholeAttempt(block)));
  assert.equal(isEnded(sweep), false);
  assert.equal(isEnded(fold(...blocks.flatMap((block) => wholeAttempt(block)))), true);
  const cancelled = fold({ type: 'cancelled', sweep: SWEEP, atMs: 5, by: 'tester' });
  assert.equal(isEnded(cancelled), true);
});

test('the order in which two hosts deliver does not change what counts', () => {
  const a = wholeAttempt('qemu-smp1/r1');
  const b = wholeAttempt('qemu-smp2/r1', { host: 'host-b' as HostId });
  const one = fold(...a, ...b);
  const other = fold(...b, ...a);
  for (const id of one.blocks.keys()) {
    assert.deepEqual(one.blocks.get(id)?.decision, other.blocks.get(id)?.decision);
  }
});
