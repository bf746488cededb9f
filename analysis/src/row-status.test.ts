// SPDX-License-Identifier: Apache-2.0
/** Each reason that makes a row supporting, alone, and the clean row that has none of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from './analyse-sweep.js';
import type { RowStatus } from './row-status.js';
import type { SweepRecord } from './sweep-record.js';
import { buildRecord } from './testing/record-builder.js';
import type { RecordFailure, RecordOptions } from './testing/record-options.js';
import { plainSweep, qemuRow, statedSweep } from './testing/sample-records.js';

function statusOf(record: SweepRecord): RowStatus {
  const [row] = analyseSweep(record).rows;
  assert.ok(row !== undefined);
  assert.equal(row.status.kind, row.status.reasons.length === 0 ? 'clean' : 'supporting');
  return row.status;
}

function reasons(options: RecordOptions): readonly string[] {
  return statusOf(buildRecord(options)).reasons;
}

function failing(change: Partial<RecordFailure> = {}): RecordFailure {
  return {
    trial: 'qemu-smp1/r1/v6.17',
    attempt: 1,
    status: 'lab-failed',
    class: 'panic',
    message: 'early panic',
    ...change,
  };
}

test('a row with nothing wrong is clean', () => {
  assert.deepEqual(reasons(plainSweep()), []);
});

test('a failed trial that a rerun mended is still a reason', () => {
  assert.deepEqual(reasons(plainSweep({ failures: [failing()] })), [
    '1 of 9 failed, clean after rerun',
  ]);
});

test('a kernel that was added later is not missed in the blocks before it', () => {
  const record = buildRecord(plainSweep({ repetitions: 6 }));
  const isEarly = (trial: string) => /r[123]\/v6\.17$/.test(trial);
  const blocks = record.plan.blocks.map((block) => ({
    ...block,
    trials: block.trials.filter(({ id }) => !isEarly(id)),
  }));
  const entries = record.entries.filter(({ trial }) => !isEarly(trial));
  const status = statusOf({ ...record, plan: { ...record.plan, blocks }, entries });
  assert.deepEqual(status.reasons, []);
  assert.deepEqual(status.remarks, [
    'repetitions as planned, with kernels added later (v6.12 6, v6.16 6, v6.17 3)',
  ]);
});

test('a finding leaves its block incomplete and the counts unequal', () => {
  const failures = [failing({ status: 'subject-failed', class: 'reproducer-signal' })];
  assert.deepEqual(reasons(plainSweep({ failures, repetitions: 4 })), [
    '1 of 12 failed, 1 still without a value',
    'block qemu-smp1/r1 incomplete: no value of v6.17',
    'repetition counts differ (v6.12 4, v6.16 4, v6.17 3)',
  ]);
});

test("a block that lacks the baseline's second turn alone is incomplete", () => {
  const kernels = ['v6.16', 'v6.17', 'v6.16.again'];
  const failures = [
    failing({
      trial: 'qemu-smp1/r2/v6.16.again',
      status: 'subject-failed',
      class: 'reproducer-signal',
    }),
  ];
  for (const order of ['interleaved', 'sandwich'] as const) {
    const rows = [qemuRow(1, { kernels })];
    const options = plainSweep({ rows, order, again: 'v6.16.again', repetitions: 4, failures });
    assert.deepEqual(reasons(options).slice(0, 2), [
      '1 of 12 failed, 1 still without a value',
      'block qemu-smp1/r2 incomplete: no value of v6.16.again',
    ]);
    const whole = reasons({ ...options, failures: [] });
    assert.ok(
      whole.every((reason) => !reason.includes('incomplete')),
      whole.join('; '),
    );
  }
});

test('a kernel that fails again when its block is rerun is said to fail, with the count', () => {
  const failures = [failing({ status: 'subject-failed' })];
  const record = buildRecord(plainSweep({ failures, repetitions: 4 }));
  const again = record.entries
    .filter(({ block }) => block === 'qemu-smp1/r1')
    .map((entry) => ({ ...entry, attempt: 2 }));
  const twice = { ...record, entries: [...record.entries, ...again] };
  const sentence = 'v6.17 fails at SMP 1: 2 of 5 (panic)';
  assert.ok(statusOf(twice).reasons.includes(sentence), statusOf(twice).reasons.join('\n'));
  assert.ok(!statusOf(record).reasons.some((reason) => reason.includes('fails at')));
  const mended = again.map((entry) => {
    const { failure: _, ...outcome } = entry.outcome;
    return { ...entry, outcome: { ...outcome, status: 'measured' as const } };
  });
  const clean = { ...record, entries: [...record.entries, ...mended] };
  assert.ok(!statusOf(clean).reasons.some((reason) => reason.includes('fails at')));
});

test('blocks that are missing are a reason', () => {
  const options = plainSweep({ repetitions: 4, entriesMax: 18, state: 'interrupted' });
  assert.deepEqual(reasons(options), ['1 of 4 blocks missing']);
});

test('a block that another agent process finished is a reason', () => {
  assert.deepEqual(reasons(plainSweep({ resumed: ['qemu-smp1/r2'] })), [
    'block qemu-smp1/r2 resumed after an interruption',
  ]);
});

test('two repetitions are too few', () => {
  assert.deepEqual(reasons(plainSweep({ repetitions: 2 })), ['fewer than 3 repetitions (2)']);
});

test('a spread inside one host above the limit is a reason', () => {
  // Blocks go to two hosts in turn: 100 120 90 on the first, 200 202 on the second.
  const wide = statedSweep({ a: [100, 200, 120, 202, 90] });
  assert.deepEqual(reasons(wide), ['a varies by CV 12.1%, limit 10%']);
});

test('unlike hosts are no spread', () => {
  assert.deepEqual(reasons(statedSweep({ a: [100, 200, 101, 202] })), []);
});

test('a row that ran in two environments is a reason in both halves', () => {
  const rows = [qemuRow(1, { ran: (repetition) => (repetition > 3 ? 'qemu-kvm' : 'qemu-tcg') })];
  const report = analyseSweep(buildRecord(plainSweep({ rows, repetitions: 6 })));
  for (const row of report.rows) {
    assert.deepEqual(row.status.reasons, [
      'row qemu-smp1 ran partly in each of qemu-tcg, qemu-kvm',
    ]);
  }
});

test('a rerun without a failed trial is remarked on and leaves the row clean', () => {
  const record = buildRecord(plainSweep());
  const [lost] = record.entries;
  assert.ok(lost !== undefined);
  const entries = record.entries.map((entry) =>
    entry.block === lost.block ? { ...entry, attempt: 2 } : entry,
  );
  const decisions = new Map(record.decisions);
  decisions.set(lost.block, { attempt: 2, host: lost.host, complete: true });
  const status = statusOf({ ...record, entries: [lost, ...entries], decisions });
  assert.equal(status.kind, 'clean');
  assert.deepEqual(status.remarks, ['1 block rerun without a failed trial']);
});
