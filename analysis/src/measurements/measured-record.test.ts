// SPDX-License-Identifier: Apache-2.0
/**
 * Tables of measurements made elsewhere become records like any other: the founding bare-metal
 * steps in a golden file, our own results.csv against the sweep that it came from, and made-up ones
 * for the rest.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { test } from 'node:test';
import type { KernelName, Sha256, SweepId } from '@labsweep/proto';
import { analyseSweep } from '../analyse-sweep.js';
import { parseCsv } from '../report/csv.js';
import { FORMATS } from '../report/formats.js';
import { renderCsv } from '../report/render-csv.js';
import type { SweepRecord } from '../sweep-record.js';
import { buildRecord } from '../testing/record-builder.js';
import { plainSweep, qemuRow } from '../testing/sample-records.js';
import { type MeasuredOptions, measuredRecord } from './measured-record.js';

const TESTDATA = new URL('../../testdata/', import.meta.url);
const REFERENCE = new URL('../../../../shared/reference/', import.meta.url);
const STEPS = readFileSync(new URL('measured-steps.csv', TESTDATA), 'utf8');
const KERNELS = ['6.16.0-bm-6.16', '6.17.0-bm-6.17', '6.18.0-bm-6.18', '6.18.19-bm-6.18.19'];

function recordOf(text: string, change: Partial<MeasuredOptions> = {}): SweepRecord {
  return measuredRecord({
    text,
    fileName: 'm.csv',
    sha256: 'e'.repeat(64) as Sha256,
    sweep: 'm-1' as SweepId,
    ...change,
  });
}

/** What a table is about: its blocks and the values in them. */
function valuesIn(record: SweepRecord): string[] {
  const { rows } = analyseSweep(record);
  return rows.flatMap(({ environment, shape, scenario, metrics }) =>
    metrics.flatMap(({ metric, cells }) =>
      cells.flatMap(({ kernel, values }) =>
        values.map(({ repetition, value }) =>
          [environment, shape.smp, scenario, metric, kernel, repetition, value].join(' '),
        ),
      ),
    ),
  );
}

test('the bare-metal steps make the record that was reviewed', () => {
  const record = recordOf(STEPS, { fileName: 'measured-steps.csv' });
  const { plan, entries, decisions, provenance } = record;
  const told = { plan, entries, decisions: [...decisions], provenance };
  const actual = `${JSON.stringify(told, undefined, 2)}\n`;
  const golden = new URL('measured-steps.json', TESTDATA);
  if (process.env.LABSWEEP_UPDATE_GOLDEN === '1') writeFileSync(golden, actual);
  assert.equal(actual, readFileSync(golden, 'utf8'), 'LABSWEEP_UPDATE_GOLDEN=1 rewrites it');
});

test('the bare-metal steps are those of the reference, in other columns', (context) => {
  const file = new URL('bare-metal-steps.csv', REFERENCE);
  if (!existsSync(file)) {
    const reason = 'SKIPPED: ../shared/reference/bare-metal-steps.csv is not beside the repository';
    context.diagnostic(reason);
    context.skip(reason);
    return;
  }
  const [, ...steps] = parseCsv(readFileSync(file, 'utf8'));
  const [, ...lines] = parseCsv(STEPS);
  const converted = lines.filter(([, metric]) => metric === 'iteration_ns_per_page');
  assert.deepEqual(
    converted.map(([kernel, , value]) => [kernel, value]),
    steps.map(([, , kernel, value]) => [kernel, value]),
  );
});

test('the bare-metal steps show the step from 6.16 to 6.17, in every format', () => {
  const record = recordOf(STEPS);
  const report = analyseSweep(record);
  const [row] = report.rows;
  assert.deepEqual(row?.kernels.slice(0, 4), KERNELS);
  const levels = row?.metrics[0]?.cells.map(({ summary }) => [summary?.n, summary?.median]);
  assert.deepEqual(levels, [
    [3, 25],
    [3, 37],
    [3, 38],
    [3, 38],
    [3, 37],
  ]);
  const [, step] = row?.metrics[0]?.cells ?? [];
  assert(step?.comparison.kind === 'compared');
  assert.equal(step.comparison.ratios.length, 3);
  assert.deepEqual([...new Set(step.comparison.ratios)], [37 / 25]);
  for (const { name, render } of FORMATS) {
    assert.ok(render({ record, report, options: {} }).length > 100, name);
  }
});

test('our own results.csv gives the values of its sweep, failures and reruns included', () => {
  const sweep = buildRecord(
    plainSweep({
      rows: [qemuRow(1), qemuRow(2), { ...qemuRow(4), memoryMib: 512 }],
      scenarios: ['dirty', 'clean'],
      hostsMax: 2,
      failures: [
        {
          trial: 'qemu-smp2/r2/v6.17',
          attempt: 1,
          status: 'lab-failed',
          class: 'panic',
          message: 'ours',
        },
        {
          trial: 'qemu-smp1/r1/v6.12',
          attempt: 1,
          status: 'subject-failed',
          class: 'oops',
          message: 'theirs',
        },
      ],
    }),
  );
  const read = recordOf(renderCsv(sweep), { baseline: 'v6.16' });
  assert.deepEqual(valuesIn(read).toSorted(), valuesIn(sweep).toSorted());
  const [own, other] = [sweep, read].map((record) => analyseSweep(record));
  const failures = (report: typeof own) =>
    report?.failures.map((failed) => [failed.trial, failed.attempt, failed.class]).toSorted();
  assert.deepEqual(failures(other), failures(own));
  assert.equal(other?.progress.blocksAccepted, own?.progress.blocksAccepted);
  const counts = (report: typeof own) => report?.rows.map(({ trials }) => trials);
  assert.deepEqual(counts(other), counts(own));
});

test('the second turns in results.csv measure the floor that they measured in their sweep', () => {
  const kernels = ['v6.16', 'v6.17', 'v6.16.again'];
  const again = 'v6.16.again';
  const options = { rows: [qemuRow(1, { kernels })], again, repetitions: 8 };
  const sweep = buildRecord(plainSweep(options));
  const read = recordOf(renderCsv(sweep), { baseline: 'v6.16' });
  const [own, other] = [sweep, read].map((record) => analyseSweep(record));
  assert.equal(own?.rows[0]?.noiseFloor?.kind, 'a-a');
  assert.deepEqual(other?.rows[0]?.noiseFloor, own?.rows[0]?.noiseFloor);
  assert.deepEqual(other?.rows[0]?.kernels.toSorted(), ['v6.16', 'v6.17']);
  assert.equal(other?.judging.family, 1);
  // A second turn of what is not there to be held against is a kernel like any other.
  const alone = recordOf(renderCsv(sweep), { baseline: 'v6.17' });
  assert.ok(analyseSweep(alone).rows[0]?.kernels.includes(again as KernelName));
});

test('the same repetition on the same host is a block, and no other', () => {
  const record = recordOf(
    [
      'kernel,metric,value,repetition,host',
      'a,ns,10,1,box1',
      'b,ns,20,1,box1',
      'a,ns,100,1,box2',
      'b,ns,200,1,box2',
      'b,ns,300,2,box2',
    ].join('\n'),
  );
  assert.deepEqual(
    record.plan.blocks.map(({ id, trials }) => [id, trials.map(({ kernel }) => kernel)]),
    [
      ['native-smp1/r1@box1', ['a', 'b']],
      ['native-smp1/r1@box2', ['a', 'b']],
      ['native-smp1/r2@box2', ['b', 'a']],
    ],
  );
  const cell = analyseSweep(record).rows[0]?.metrics[0]?.cells[1];
  assert(cell?.comparison.kind === 'compared');
  assert.deepEqual(cell.comparison.ratios, [2, 2]);
  // A kernel that lacks a repetition is missing there, not unplanned.
  assert.deepEqual(
    [...record.decisions.values()].map(({ complete }) => complete),
    [true, true, false],
  );
});

test('rows are told apart by environment, CPUs and memory, and workloads by scenario', () => {
  const header = 'kernel,metric,value,repetition,environment,smp,memory,workload,scenario';
  const lines = ['qemu-kvm,1,512,w1,s', 'qemu-tcg,1,512,w1,s', 'qemu-tcg,2,512,w1,s'];
  const more = ['qemu-tcg,2,1024,w1,s', 'qemu-tcg,2,1024,w2,s', 'qemu-tcg,2,1024,w2,'];
  const text = [header, ...[...lines, ...more].map((line) => `a,ns,1,1,${line}`)].join('\n');
  const { rows } = analyseSweep(recordOf(text));
  assert.deepEqual(
    rows.map(({ row, scenario }) => `${row} ${scenario}`),
    [
      'qemu-kvm-smp1-512mib w1/s',
      'qemu-tcg-smp1-512mib w1/s',
      'qemu-tcg-smp2-512mib w1/s',
      'qemu-tcg-smp2-1024mib w1/s',
      'qemu-tcg-smp2-1024mib w2/s',
      'qemu-tcg-smp2-1024mib w2',
    ],
  );
});

test('what the table does not tell is assumed aloud', () => {
  const { provenance = [], spec } = recordOf(
    'kernel,metric,value,repetition,step\na,lat_us,1,1,x\na,requests_per_sec,2,1,x\na,pages,3,1,x\n',
  );
  const text = provenance.join('\n');
  assert.match(text, /Made elsewhere and read from m\.csv \(3 values\)/);
  assert.match(text, /Assumed .*: environment native, smp 1, one host, the kernel's name/);
  assert.match(text, /lat_us lower, requests_per_sec higher, pages none/);
  assert.match(text, /not read: step/);
  assert.deepEqual(
    spec.workload.metrics.map(({ direction }) => direction),
    ['lower', 'higher', 'none'],
  );
  const notes = analyseSweep(recordOf(STEPS)).notes;
  assert.ok(notes.some((note) => note.startsWith('Made elsewhere')));
});

test('baseline and metric can be chosen', () => {
  const { spec } = recordOf(STEPS, { baseline: 'x', metric: 'unexpected_results' });
  assert.equal(spec.baseline, 'x');
  assert.equal(spec.workload.metrics[0]?.name, 'unexpected_results');
  assert.equal(recordOf(STEPS).spec.baseline, KERNELS[0]);
});
