// SPDX-License-Identifier: Apache-2.0
/**
 * Whole outputs against files in testdata, and the founding numbers against the reference data
 * beside the repository. LABSWEEP_UPDATE_GOLDEN=1 rewrites the files; review the diff.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { type TestContext, test } from 'node:test';
import { analyseSweep } from '../analyse-sweep.js';
import { summarise } from '../statistics/summary.js';
import { bareMetalSweep, bothEnvironments } from '../testing/founding-records.js';
import { buildRecord } from '../testing/record-builder.js';
import type { RecordOptions } from '../testing/record-options.js';
import { qemuRow } from '../testing/sample-records.js';
import { parseCsv } from './csv.js';
import { foundingRows } from './founding-rows.js';
import { readFoundingSummary } from './founding-summary.js';
import { renderFoundingTable } from './founding-table.js';
import { renderCsv } from './render-csv.js';
import { renderLiveTable } from './render-live-table.js';
import { renderText } from './render-text.js';

const TESTDATA = new URL('../../testdata/', import.meta.url);
const REFERENCE = new URL('../../../../shared/reference/', import.meta.url);
const FOUNDING = {
  metric: 'iteration_ns_per_page',
  good: '6.12',
  bad: '6.19',
  candidate: 'mm-unstable',
};

/** Two QEMU rows, a native one, a failed and rerun trial, a finding, and a gap. */
const SWEEP: RecordOptions = {
  seed: 20_260_623,
  repetitions: 6,
  baseline: 'v6.16',
  gap: { good: 'v6.16', bad: 'v6.17', candidate: 'v6.17-fix' },
  rows: [
    qemuRow(1, { kernels: ['v6.16', 'v6.17', 'v6.17-fix'] }),
    qemuRow(4, { kernels: ['v6.16', 'v6.17', 'v6.17-fix'] }),
    { id: 'native-smp1', asked: 'native', ran: 'native', smp: 1, kernels: ['host'] },
  ],
  failures: [
    {
      trial: 'qemu-smp4/r2/v6.17',
      attempt: 1,
      status: 'lab-failed',
      class: 'panic',
      message: 'panic before init: Oops: int3 near sched_clock_cpu; the block is run again',
    },
  ],
};

function compareGolden(name: string, actual: string): void {
  const file = new URL(name, TESTDATA);
  if (process.env.LABSWEEP_UPDATE_GOLDEN === '1') writeFileSync(file, actual);
  assert.equal(actual, readFileSync(file, 'utf8'), `${name}; LABSWEEP_UPDATE_GOLDEN=1 rewrites it`);
}

/** The text of a reference file, or undefined after the test was skipped for its absence. */
function reference(context: TestContext, name: string): string | undefined {
  const file = new URL(name, REFERENCE);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const reason = `SKIPPED: ../shared/reference/${name} is not beside the repository`;
  context.diagnostic(reason);
  context.skip(reason);
  return undefined;
}

test('the report of a finished sweep is as it was reviewed', () => {
  compareGolden('finished.txt', renderText(analyseSweep(buildRecord(SWEEP))));
});

test('the report of an interrupted sweep is as it was reviewed', () => {
  const record = buildRecord({ ...SWEEP, state: 'interrupted', entriesMax: 22 });
  compareGolden('interrupted.txt', renderText(analyseSweep(record)));
});

test('the live table of a running sweep is as it was reviewed', () => {
  const record = buildRecord({ ...SWEEP, state: 'running', entriesMax: 22 });
  compareGolden('live.txt', `${renderLiveTable(analyseSweep(record)).join('\n')}\n`);
});

test('results.csv of an interrupted sweep is as it was reviewed', () => {
  const record = buildRecord({ ...SWEEP, state: 'interrupted', entriesMax: 12 });
  compareGolden('results.csv.txt', renderCsv(record));
});

test('the founding table has the founding numbers, to the digit', (context) => {
  const text = reference(context, 'lab-smp-summary.csv');
  if (text === undefined) return;
  const percent = (fraction: number | undefined): string => ((fraction ?? 0) * 100).toFixed(1);
  const rows = foundingRows(readFoundingSummary(text), FOUNDING);
  assert.deepEqual(
    rows.map((row) => [
      row.smp,
      percent(row.byMean.faster),
      percent(row.byMean.gapClosed),
      row.status,
    ]),
    [
      [1, '9.1', '19.8', 'clean'],
      [2, '13.5', '32.2', 'clean'],
      [4, '12.5', '28.0', 'clean'],
      [8, '10.9', '26.6', 'clean'],
      [16, '11.3', '28.8', 'supporting'],
    ],
  );
  assert.equal(percent(rows[0]?.byMedian.gapClosed), '28.0');
  assert.match(rows[0]?.warnings[0] ?? '', /different stories/);
  assert.match(rows[4]?.reasons[0] ?? '', /^6\.12: 1 of 9 runs failed \(qemu_failure: .*139/);
});

test('the founding table is as it was reviewed', (context) => {
  const text = reference(context, 'lab-smp-summary.csv');
  if (text === undefined) return;
  compareGolden('founding.txt', renderFoundingTable(readFoundingSummary(text), FOUNDING));
});

test('the bare-metal steps have the levels that their report gave', (context) => {
  const text = reference(context, 'bare-metal-steps.csv');
  if (text === undefined) return;
  const [header = [], ...steps] = parseCsv(text);
  const [kernel, value] = [header.indexOf('kernel'), header.indexOf('iteration_ns_per_page')];
  const levels = (release: string): number[] =>
    steps.filter((step) => step[kernel]?.startsWith(release)).map((step) => Number(step[value]));
  assert.deepEqual(summarise(levels('6.16.0')), {
    n: 3,
    median: 25,
    mean: 25,
    min: 25,
    max: 25,
    mad: 0,
    stdev: 0,
    cv: 0,
  });
  const newest = summarise(levels('6.19.9'));
  assert.equal(newest.median, 37);
  assert.equal(newest.mean.toFixed(3), '36.667');
  assert.equal(newest.stdev?.toFixed(4), '0.5774');
});

test('the whole numbers of the bare-metal steps are told as a quantum', (context) => {
  const text = reference(context, 'bare-metal-steps.csv');
  if (text === undefined) return;
  const record = buildRecord(bareMetalSweep(text));
  compareGolden('bare-metal.txt', renderText(analyseSweep(record)));
});

test('the lab and the bare metal side by side: the founding ran no kernel in both', (context) => {
  const summary = reference(context, 'lab-smp-summary.csv');
  const steps = reference(context, 'bare-metal-steps.csv');
  if (summary === undefined || steps === undefined) return;
  const record = buildRecord(bothEnvironments({ summary, steps, smp: [1, 2] }));
  const text = renderText(analyseSweep(record));
  compareGolden('native-virtual.txt', text);
  assert.match(
    text.replaceAll(/\s+/g, ' '),
    /no kernel ran in both environments: these are levels/,
  );
});

test('had the lab booted the image of the bare metal, its one kernel would compare', (context) => {
  const summary = reference(context, 'lab-smp-summary.csv');
  const steps = reference(context, 'bare-metal-steps.csv');
  if (summary === undefined || steps === undefined) return;
  const options = bothEnvironments({ summary, steps, smp: [1] });
  const releases = { ...options.releases, '6.19.9-bm-6.19.9': '6.19.9' };
  const { sideBySide } = analyseSweep(buildRecord({ ...options, releases }));
  const [pair] = sideBySide.pairs;
  assert.deepEqual(
    pair?.matches.map(({ label, native, virtual }) => [label, native, virtual]),
    [['6.19.9', '6.19.9-bm-6.19.9', '6.19']],
  );
  assert.equal(pair?.metrics[0]?.levels[0]?.ratio?.ratio.toFixed(1), '14.9');
  assert.deepEqual(pair?.metrics[0]?.effects, []);
});
