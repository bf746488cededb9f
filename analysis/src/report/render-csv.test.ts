// SPDX-License-Identifier: Apache-2.0
/** results.csv, read back: its columns, its order, its failed trials and its precision. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SweepRecord } from '../sweep-record.js';
import { buildRecord } from '../testing/record-builder.js';
import { plainSweep, qemuRow, statedSweep } from '../testing/sample-records.js';
import { parseCsv } from './csv.js';
import { renderCsv } from './render-csv.js';

const HEADER =
  'environment,smp,workload,scenario,kernel,repetition,attempt,status,metric,value,unit,' +
  'row,block,host,kernel_release,accepted,failure,duration_ms,purpose,started_at_ms';

function read(record: SweepRecord): Record<string, string>[] {
  const [header = [], ...records] = parseCsv(renderCsv(record));
  return records.map((fields) =>
    Object.fromEntries(header.map((column, index) => [column, fields[index] ?? ''])),
  );
}

test('the columns are those that scripts rely on', () => {
  const [header] = renderCsv(buildRecord(plainSweep())).split('\n');
  assert.equal(header, HEADER);
});

test('every trial has one line for each metric, those without direction too', () => {
  const lines = read(buildRecord(plainSweep()));
  assert.equal(lines.length, 18 * 5);
  assert.deepEqual(
    lines.slice(0, 5).map((line) => line.metric),
    [
      'iteration_ns_per_page',
      'protect_ns_per_page',
      'restore_ns_per_page',
      'post_touch_ns_per_page',
      'unexpected_results',
    ],
  );
});

test('rows stand in plan order although the log mixes them', () => {
  const rows = [qemuRow(16), qemuRow(2)];
  const lines = read(buildRecord(plainSweep({ rows })));
  const order = lines.map((line) => `${line.row} ${line.repetition}`);
  assert.deepEqual(
    [...new Set(order)],
    ['qemu-smp16 1', 'qemu-smp16 2', 'qemu-smp16 3', 'qemu-smp2 1', 'qemu-smp2 2', 'qemu-smp2 3'],
  );
});

test('values have the full precision of a double', () => {
  const value = 0.1 + 0.2;
  const [line] = read(buildRecord(statedSweep({ a: [value] })));
  assert.equal(line?.value, '0.30000000000000004');
  assert.equal(Number(line?.value), value);
});

test('a failed trial has one line with its class, and its attempt is not accepted', () => {
  const failures = [
    {
      trial: 'qemu-smp1/r1/v6.17',
      attempt: 1,
      status: 'lab-failed',
      class: 'boot-stuck',
      message: 'stuck',
    } as const,
  ];
  const lines = read(buildRecord(plainSweep({ failures })));
  const failed = lines.filter((line) => line.status === 'lab-failed');
  assert.equal(failed.length, 1);
  assert.equal(failed[0]?.failure, 'boot-stuck');
  assert.equal(failed[0]?.metric, '');
  assert.equal(failed[0]?.value, '');
  assert.equal(failed[0]?.accepted, 'no');
  const block = lines.filter((line) => line.block === 'qemu-smp1/r1' && line.metric !== '');
  assert.deepEqual(
    [...new Set(block.map((line) => `${line.attempt} ${line.accepted}`))],
    ['1 no', '2 yes'],
  );
});

test('trials of a block without a decision are undecided', () => {
  const record = buildRecord(plainSweep({ entriesMax: 2, state: 'interrupted' }));
  assert.ok(read(record).every((line) => line.accepted === 'undecided'));
});

test('a metric that a measured trial did not print has an empty value', () => {
  const [first, second] = read(buildRecord(statedSweep({ a: [1, 2], b: [3] }, { seed: 3 }))).filter(
    (line) => line.kernel === 'b',
  );
  assert.equal(first?.value, '3');
  assert.equal(second?.value, '');
  assert.equal(second?.status, 'measured');
});

test('audit and attribution trials are listed with their purpose and without values', () => {
  const beside = (purpose: 'audit' | 'attribution') =>
    qemuRow(1, { id: `qemu-smp1-${purpose}`, of: 'qemu-smp1', purpose, repetitions: 1 });
  const rows = [qemuRow(1), beside('audit'), beside('attribution')];
  const lines = read(buildRecord(plainSweep({ rows })));
  const others = lines.filter((line) => line.purpose !== 'timing');
  assert.deepEqual(
    others.map(({ purpose, row, metric, value }) => [purpose, row, metric, value].join(' ').trim()),
    [
      ...Array(3).fill('audit qemu-smp1-audit'),
      ...Array(3).fill('attribution qemu-smp1-attribution'),
    ],
  );
  assert.ok(others.every((line) => line.status === 'measured' && line.accepted === 'yes'));
});
