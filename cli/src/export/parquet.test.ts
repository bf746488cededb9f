// SPDX-License-Identifier: Apache-2.0
/** results.parquet, read back by another library: every row of results.csv, numbers as numbers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderCsv, type SweepRecord, TRIAL_COLUMNS, trialRows } from '@labsweep/analysis';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { REPORT_FORMATS } from '../report-formats.js';
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
