// SPDX-License-Identifier: Apache-2.0
/** The report as a whole: plain data, unmistakable labels, honest about what is not there yet. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from './analyse-sweep.js';
import { buildRecord } from './testing/record-builder.js';
import type { RecordRow } from './testing/record-options.js';
import { plainSweep, qemuRow, statedSweep } from './testing/sample-records.js';

test('a report survives JSON unchanged', () => {
  const gap = { good: 'v6.16', bad: 'v6.17', candidate: 'v6.12' };
  const report = analyseSweep(buildRecord(plainSweep({ gap })));
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
});

test('state, profiles and sides survive JSON too', () => {
  const kernels = ['v6.16', 'v6.17'];
  const beside = { kernels, of: 'qemu-smp1', repetitions: 1 };
  const rows: RecordRow[] = [
    qemuRow(1, { kernels, told: () => ({ line: { pages: 16, clock_resolution_ns: 4e6 } }) }),
    qemuRow(1, {
      ...beside,
      id: 'a',
      purpose: 'audit',
      told: () => ({ state: { mappings: '1' } }),
    }),
    qemuRow(1, { ...beside, id: 'p', purpose: 'attribution' }),
    { id: 'n', asked: 'native', ran: 'native', smp: 1, kernels },
  ];
  const report = analyseSweep(buildRecord(plainSweep({ rows, hostsMax: 1 })));
  assert.equal(report.sideBySide.pairs.length, 1);
  assert.equal(report.rows[0]?.state.length, 1);
  assert.equal(report.rows[0]?.attribution.length, 2);
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
});

test('the same record gives the same report, whatever the order of the log', () => {
  const record = buildRecord(plainSweep());
  const turned = { ...record, entries: record.entries.toReversed() };
  const { rows } = analyseSweep(record);
  assert.deepEqual(analyseSweep(turned).rows, rows);
});

test('trials that failed or belong to a replaced attempt never reach a cell', () => {
  const failures = [
    {
      trial: 'qemu-smp1/r2/b',
      attempt: 1,
      status: 'lab-failed',
      class: 'panic',
      message: 'panic',
    } as const,
  ];
  let attempts = 0;
  const options = statedSweep({ a: [1, 1, 1], b: [2, 2, 2] }, { failures });
  const record = buildRecord({
    ...options,
    // The first attempt of the second block must be told from the second by its values.
    values: ({ kernel, repetition }) => {
      if (repetition === 2) attempts += 1;
      const spoilt = repetition === 2 && attempts <= 2;
      return { ns: spoilt ? 1000 : kernel === 'a' ? 1 : 2 };
    },
  });
  assert.ok(record.entries.some(({ outcome }) => outcome.samples[1]?.values.ns === 1000));
  const [row] = analyseSweep(record).rows;
  const values = row?.metrics[0]?.cells.map((cell) => cell.values.map(({ value }) => value));
  assert.deepEqual(values, [
    [1, 1, 1],
    [2, 2, 2],
  ]);
  assert.equal(row?.trials.failed, 1);
  assert.equal(row?.trials.recovered, 1);
  assert.equal(row?.trials.rerun, 2);
});

test('rows that differ in memory, scenario or row name have labels of their own', () => {
  const rows = [
    qemuRow(1),
    qemuRow(1, { id: 'qemu-small', memoryMib: 512 }),
    qemuRow(2),
    qemuRow(2, { id: 'qemu-again' }),
  ];
  const record = buildRecord(plainSweep({ rows, scenarios: ['dirty', 'clean'] }));
  const labels = analyseSweep(record).rows.map((row) => row.label);
  assert.equal(new Set(labels).size, 8);
  assert.equal(labels[0], 'qemu-tcg smp 1 2048 MiB dirty');
  assert.equal(labels[6], 'qemu-tcg smp 2 row qemu-again dirty');
});

test('a running sweep counts provisional trials and marks their cells', () => {
  const record = buildRecord(plainSweep({ entriesMax: 7, state: 'running' }));
  const { rows, progress } = analyseSweep(record);
  assert.deepEqual(progress, {
    trialsPlanned: 18,
    trialsEnded: 7,
    blocksPlanned: 6,
    blocksAccepted: 2,
    blocksIncomplete: 0,
  });
  const marked = rows.flatMap((row) =>
    (row.metrics[0]?.cells ?? []).filter((cell) => cell.provisional),
  );
  assert.equal(marked.length, 1);
  assert.equal(marked[0]?.values.length, 2);
  assert.equal(marked[0]?.expected, 3);
});

test('failures are listed with trial, attempt, class and the first line of the message', () => {
  const failures = [
    {
      trial: 'qemu-smp2/r1/v6.12',
      attempt: 1,
      status: 'lab-failed',
      class: 'deadline',
      message: 'no end after 120 s\nlast line of the console',
    } as const,
  ];
  assert.deepEqual(analyseSweep(buildRecord(plainSweep({ failures }))).failures, [
    {
      trial: 'qemu-smp2/r1/v6.12',
      kernel: 'v6.12',
      attempt: 1,
      hostName: 'box2',
      status: 'lab-failed',
      class: 'deadline',
      message: 'no end after 120 s',
      standing: 'replaced',
    },
  ]);
});

test('a trial with several result lines has their median, and a note says so', () => {
  const record = buildRecord(
    statedSweep(
      { a: [10, 10, 10] },
      {
        mendOutcome: (outcome) => {
          const extra = [30, 12].map((ns) => ({
            scenario: 'shared-dirty',
            line: 'result' as const,
            values: { ns },
            texts: {},
          }));
          return { ...outcome, samples: [...outcome.samples, ...extra] };
        },
      },
    ),
  );
  const report = analyseSweep(record);
  assert.equal(report.rows[0]?.metrics[0]?.cells[0]?.summary?.median, 12);
  assert.ok(report.notes.some((note) => note.startsWith('3 trials printed several result lines')));
});
