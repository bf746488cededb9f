// SPDX-License-Identifier: Apache-2.0
/** Goal: the records of rounds become the right state of the search. Method: values by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SweepRecord } from '../sweep-record.js';
import { buildRecord } from '../testing/record-builder.js';
import type { RecordFailure, RecordOptions } from '../testing/record-options.js';
import { qemuRow, statedSweep } from '../testing/sample-records.js';
import { assessNarrowing, type NarrowInput } from './assess-narrowing.js';
import { requireOneSort } from './narrow-evidence.js';

const KERNELS = ['G', 'a', 'b', 'c', 'B'];

function round(
  values: Readonly<Record<string, readonly number[]>>,
  change: Partial<RecordOptions> = {},
): SweepRecord {
  return buildRecord(statedSweep(values, change));
}

function assess(records: readonly SweepRecord[], change: Partial<NarrowInput> = {}) {
  return assessNarrowing({ records, kernels: KERNELS, metric: 'ns', blocksMax: 6, ...change });
}

const failing = (trial: string, attempt = 1): RecordFailure => ({
  trial: `qemu-smp1/${trial}`,
  attempt,
  status: 'subject-failed',
  class: 'panic',
  message: 'Kernel panic',
});

const FIRST = { G: [100, 101, 99], b: [201, 199, 198], B: [200, 202, 198] };

test('without a record nothing is measured, and with one the answers are there', () => {
  assert.equal(assess([]).state.ends, 'unmeasured');
  const { state, effect, findings } = assess([round(FIRST)]);
  assert.equal(state.ends, 'differ');
  assert.deepEqual([...state.answers], [['b', 'bad']]);
  assert.ok(effect !== undefined && effect.low > 1.9 && effect.high < 2.1);
  assert.deepEqual(
    findings.map(({ kernel, answer, blocks, trials }) => [kernel, answer, blocks, trials]),
    [
      ['G', 'good', 3, 3],
      ['b', 'bad', 3, 3],
      ['B', 'bad', 3, 3],
    ],
  );
  assert.equal(findings[1]?.value, 199);
  assert.equal(findings[0]?.ratio, undefined);
});

test('blocks of later rounds add to those of earlier ones', () => {
  const doubt = { G: [100, 101], b: [120, 190], B: [200, 202] };
  const open = assess([round(doubt)]);
  assert.equal(open.state.answers.get('b'), 'open');
  const more = round({ G: [100, 99, 101, 100], b: [118, 121, 119, 120], B: [199, 200, 202, 198] });
  const after = assess([round(doubt), more], { blocksMax: 100 });
  assert.equal(after.findings[1]?.blocks, 6);
  assert.equal(after.endsBlocks, 6);
  assert.equal(assess([round(doubt), more]).state.answers.get('b'), 'undecided');
});

test('ends that do not differ are open, and alike after as many blocks as are allowed', () => {
  const same = { G: [100, 101, 99], b: [100, 99, 102], B: [101, 99, 100] };
  const once = assess([round(same)]);
  assert.deepEqual([once.state.ends, once.state.answers.get('b')], ['open', 'open']);
  const twice = assess([round(same), round(same)]);
  assert.equal(twice.state.ends, 'alike');
});

test('a kernel that failed twice and never ran is skipped; one failure is an accident', () => {
  const failures = [failing('r1/b'), failing('r2/b'), failing('r3/b')];
  const gone = assess([round(FIRST, { failures })]);
  assert.equal(gone.state.answers.get('b'), 'fails');
  assert.deepEqual(gone.findings[1]?.failures, ['panic', 'panic', 'panic']);
  const lame = assess([round(FIRST, { failures: failures.slice(0, 1) })]);
  assert.deepEqual([lame.state.answers.get('b'), lame.findings[1]?.blocks], ['bad', 2]);
});

test('failures of the lab count against no kernel, but for a guest without a word', () => {
  const labFailed = (name: 'no-output' | 'host-disturbed') =>
    [1, 2, 3].map((attempt) => ({
      ...failing('r1/b', attempt),
      status: 'lab-failed' as const,
      class: name,
    }));
  const only = { G: [100], b: [200], B: [200] };
  const silent = assess([round(only, { failures: labFailed('no-output') })]);
  assert.equal(silent.state.answers.get('b'), 'fails');
  const disturbed = assess([round(only, { failures: labFailed('host-disturbed') })]);
  assert.equal(disturbed.state.answers.get('b'), 'open');
});

test('an end that fails is told as such', () => {
  const failures = [failing('r1/B'), failing('r2/B'), failing('r3/B')];
  assert.equal(assess([round(FIRST, { failures })]).state.ends, 'bad-fails');
});

test('several scenarios, or more than one environment, are asked about', () => {
  const two = round(FIRST, { scenarios: ['full', 'half'] });
  assert.throws(() => requireOneSort([two]), /scenarios full, half; choose one by --scenario/);
  assert.throws(() => requireOneSort([two], 'most'), /none is called most/);
  requireOneSort([two], 'half');
  assert.equal(assess([two], { scenario: 'half' }).state.answers.get('b'), 'bad');
  const rows = [
    qemuRow(1, {
      kernels: ['G', 'b', 'B'],
      ran: (repetition) => (repetition === 1 ? 'qemu-kvm' : 'qemu-tcg'),
    }),
  ];
  assert.throws(
    () => requireOneSort([round(FIRST, { rows })]),
    /qemu-kvm.*qemu-tcg|not put together/,
  );
});
