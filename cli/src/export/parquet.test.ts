// SPDX-License-Identifier: Apache-2.0
/** results.parquet, read back by another library: every row of results.csv, numbers as numbers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { renderCsv, type SweepRecord, TRIAL_COLUMNS, trialRows } from '@labsweep/analysis';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { REPORT_FORMATS } from '../report-formats.js';
import { readMeasurements } from '../source/read-measurements.js';
import { PARQUET } from './parquet.js';

const VALUE = 0.1 + 0.2;

/** One block of two kernels, the second of which failed. */
function record(): SweepRecord {
  const trial = (kernel: string, outcome: object) => ({
    type: 'trial-ended',
    sweep: 's-1',
    block: 'native-smp1/r1',
    trial: `native-smp1/r1/${kernel}`,
    kernel,
    attempt: 1,
    host: 'h',
    hostName: 'box1, "left"',
    session: 'a',
    environment: 'native',
    purpose: 'timing',
    startedAtMs: 1_780_000_000_123,
    durationMs: 1234.5,
    outcome: { samples: [], facts: { kernel_release: '6.17.13' }, consoleTail: '', ...outcome },
    evidence: {},
  });
  const sample = { scenario: 'main', line: 'result', values: { ns: VALUE }, texts: {} };
  const kernels = ['new', 'old'];
  return {
    sweep: 's-1',
    state: 'finished',
    spec: {
      workload: { name: 'w', metrics: [{ name: 'ns', unit: 'ns/page', direction: 'lower' }] },
    },
    plan: {
      rows: [{ id: 'native-smp1', purpose: 'timing', shape: { smp: 1, memoryMib: 0 } }],
      blocks: [
        {
          id: 'native-smp1/r1',
          row: 'native-smp1',
          repetition: 1,
          trials: kernels.map((kernel) => ({ id: `native-smp1/r1/${kernel}`, kernel })),
        },
      ],
    },
    submitted: { seed: 7, kernels: [] },
    entries: [
      trial('new', { status: 'measured', samples: [sample] }),
      trial('old', { status: 'subject-failed', failure: { class: 'oops', message: 'BUG' } }),
    ],
    decisions: new Map([['native-smp1/r1', { attempt: 1, host: 'h', complete: true }]]),
    hosts: [],
    waiting: [],
  } as unknown as SweepRecord;
}

function parquetOf(sweep: SweepRecord): ArrayBuffer {
  const bytes = PARQUET.render({ record: sweep, report: {} as never, options: {} });
  assert.ok(bytes instanceof Uint8Array);
  return bytes.slice().buffer;
}

test('the rows of results.csv come back, with full precision and failed trials', async () => {
  const sweep = record();
  const read = await parquetReadObjects({ file: parquetOf(sweep) });
  const told = read.map((row) =>
    Object.fromEntries(
      Object.entries(row).filter(([, value]) => value !== undefined && value !== null),
    ),
  );
  assert.deepEqual(told, trialRows(sweep));
  assert.equal(read.length, renderCsv(sweep).trim().split('\n').length - 1);
  assert.equal(read[0]?.value, VALUE);
  assert.equal(read[1]?.failure, 'oops');
});

test('the columns are those of results.csv, and the file names its sweep', () => {
  const { schema, key_value_metadata } = parquetMetadata(parquetOf(record()));
  assert.deepEqual(
    schema.slice(1).map(({ name }) => name),
    TRIAL_COLUMNS,
  );
  const told = Object.fromEntries((key_value_metadata ?? []).map(({ key, value }) => [key, value]));
  assert.equal(told['labsweep.sweep'], 's-1');
  assert.equal(told['labsweep.seed'], '7');
});

/** Of 6.12, 6.19 and mm-unstable at each CPU count, and the gap closed, as they were published. */
const FOUNDING = [
  { smp: 1, means: [296.4, 548.6, 498.6], closed: '19.8' },
  { smp: 2, means: [327.2, 564.8, 488.4], closed: '32.2' },
  { smp: 4, means: [319.8, 578.2, 505.8], closed: '28.0' },
  { smp: 8, means: [336.4, 570.4, 508.2], closed: '26.6' },
  { smp: 16, means: [380, 624, 553.8], closed: '28.8' },
];

test('the founding series come back from it, with the lost boot', async () => {
  const path = fileURLToPath(
    new URL('../../../analysis/testdata/founding-series.csv', import.meta.url),
  );
  const measured = await readMeasurements(path, { baseline: undefined, metric: undefined });
  const rows = await parquetReadObjects({ file: parquetOf(measured) });
  for (const { smp, means, closed } of FOUNDING) {
    const found = ['6.12', '6.19', 'mm-unstable'].map((kernel) => {
      const values = rows
        .filter((row) => row.metric === 'iteration_ns_per_page')
        .filter((row) => row.smp === smp && row.kernel === kernel && row.accepted === 'yes')
        .map(({ value }) => value as number);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    });
    assert.deepEqual(found, means);
    const [good = 0, bad = 0, candidate = 0] = found;
    assert.equal(((100 * (bad - candidate)) / (bad - good)).toFixed(1), closed);
  }
  const lost = rows.filter(({ status }) => status === 'lab-failed');
  assert.deepEqual(
    lost.map(({ smp, kernel, failure }) => [smp, kernel, failure]),
    [[16, '6.12', 'truncated']],
  );
});

test('a sweep without a trial has the columns all the same', async () => {
  const file = parquetOf({ ...record(), entries: [] });
  assert.deepEqual(await parquetReadObjects({ file }), []);
  assert.equal(parquetMetadata(file).schema.length, TRIAL_COLUMNS.length + 1);
});

test('the command line has every pure format, and this one', () => {
  const names = REPORT_FORMATS.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)]);
  assert.ok(names.includes('parquet') && names.includes('mail'));
});
