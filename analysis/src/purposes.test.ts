// SPDX-License-Identifier: Apache-2.0
/** Audit and attribution trials run beside the timing trials and never become numbers of a row. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from './analyse-sweep.js';
import { renderText } from './report/render-text.js';
import type { Report } from './report-model.js';
import type { SweepRecord } from './sweep-record.js';
import { buildRecord } from './testing/record-builder.js';
import type { RecordOptions, RecordRow } from './testing/record-options.js';
import { plainSweep, qemuRow } from './testing/sample-records.js';

const STATE = { mappings: '1', 'mapping1.size_kb': '65536', 'mapping1.anon_huge_pages_kb': '0' };

function auditRow(change: Partial<RecordRow> = {}): RecordRow {
  return qemuRow(1, {
    id: 'qemu-smp1-audit',
    of: 'qemu-smp1',
    purpose: 'audit',
    repetitions: 1,
    told: () => ({ state: STATE }),
    ...change,
  });
}

/** Timing values are a function of their place, so that other trials cannot move the noise. */
function sweep(extra: readonly RecordRow[], change: Partial<RecordOptions> = {}): SweepRecord {
  return buildRecord(
    plainSweep({
      rows: [qemuRow(1), ...extra],
      values: ({ row, kernel, repetition }) => {
        const wild = row !== 'qemu-smp1';
        const ns = kernel === 'v6.17' ? 490 : 230;
        return { iteration_ns_per_page: wild ? 1e9 : ns + repetition };
      },
      ...change,
    }),
  );
}

test('an audit value of a second per page changes no number of the report', () => {
  const attribution = auditRow({ id: 'qemu-smp1-attribution', purpose: 'attribution' });
  const without = analyseSweep(sweep([]));
  const beside = analyseSweep(sweep([auditRow(), attribution]));
  assert.equal(JSON.stringify(beside.rows[0]?.metrics).includes('1000000000'), false);
  assert.equal(beside.rows.length, 1);
  const levels = ({ rows }: Report): unknown =>
    rows.map((row) => row.metrics.map(({ cells }) => cells.map(({ summary }) => summary)));
  assert.deepEqual(levels(beside), levels(without));
  assert.equal(beside.rows[0]?.trials.planned, 9);
});

test('a stray trial of another purpose inside a timing block is no value either', () => {
  const record = sweep([]);
  const entries = record.entries.map((entry, index) =>
    index === 0 ? { ...entry, purpose: 'audit' as const } : entry,
  );
  const [row] = analyseSweep({ ...record, entries }).rows;
  assert.equal(row?.trials.measured, 8);
});

test('progress counts the trials of every purpose', () => {
  assert.equal(analyseSweep(sweep([auditRow()])).progress.trialsPlanned, 12);
  assert.equal(analyseSweep(sweep([auditRow()])).progress.trialsEnded, 12);
});

test('equal state leaves the verdict standing and is shown in one line', () => {
  const report = analyseSweep(sweep([auditRow()]));
  const cell = report.rows[0]?.metrics[0]?.cells.find(({ kernel }) => kernel === 'v6.17');
  assert.equal(cell?.comparison.kind, 'compared');
  assert.match(
    renderText(report).replaceAll(/\s+/g, ' '),
    /audit of 3 trials: equal on all kernels: mappings 1; mapping 1: Size 65536 kB, AnonHuge/,
  );
});

test('state that differs takes the place of every verdict and makes the row supporting', () => {
  const told: RecordRow['told'] = (kernel) => ({
    state: kernel === 'v6.17' ? { ...STATE, 'mapping1.anon_huge_pages_kb': '16384' } : STATE,
  });
  const gap = { good: 'v6.16', bad: 'v6.17', candidate: 'v6.12' };
  const report = analyseSweep(sweep([auditRow({ told })], { gap }));
  const [row] = report.rows;
  const kinds = row?.metrics[0]?.cells.map(({ kernel, comparison }) => [kernel, comparison.kind]);
  assert.deepEqual(kinds, [
    ['v6.12', 'compared'],
    ['v6.16', 'baseline'],
    ['v6.17', 'not-comparable'],
  ]);
  const sentence = 'not comparable: AnonHugePages of mapping 1: 0 kB on v6.16, 16384 kB on v6.17';
  assert.deepEqual(row?.status.reasons, [sentence]);
  assert.deepEqual(row?.gapClosed, { kind: 'refused', reason: sentence });
  assert.deepEqual(
    row?.decompositions.filter(({ kernel }) => kernel === 'v6.17'),
    [],
  );
  const text = renderText(report);
  assert.equal(text.includes('slower'), false);
  assert.match(text, /AnonHugePages of mapping 1 +0 kB +0 kB +16384 kB/);
});

test('state on the result lines guards a sweep without audit', () => {
  const timing = qemuRow(1, {
    told: (kernel) => ({ line: { anon_huge_pages_kb_after: kernel === 'v6.12' ? 2048 : 0 } }),
  });
  const [row] = analyseSweep(buildRecord(plainSweep({ rows: [timing] }))).rows;
  assert.deepEqual(row?.status.reasons, [
    'not comparable: AnonHugePages after: 0 kB on v6.16, 2048 kB on v6.12',
  ]);
});

test('an audit that does not cover a kernel leaves the row supporting', () => {
  const told: RecordRow['told'] = (kernel) => (kernel === 'v6.17' ? {} : { state: STATE });
  const [row] = analyseSweep(sweep([auditRow({ told })])).rows;
  assert.deepEqual(row?.status.reasons, ['no audited state of v6.17']);
});

test('an audit that saw no mapping of the workload has compared nothing, and says so', () => {
  const told: RecordRow['told'] = () => ({ state: { mappings: '0' } });
  const [row] = analyseSweep(sweep([auditRow({ told })])).rows;
  assert.deepEqual(row?.status.reasons, [
    'the audit saw no mapping of the workload on v6.12, v6.16, v6.17 ' +
      '(private ones count from 1 MiB), so it compared no memory there',
  ]);
});

test('an audit in another environment says nothing of a row', () => {
  const [row] = analyseSweep(sweep([auditRow({ ran: 'qemu-kvm' })])).rows;
  assert.deepEqual(row?.state, []);
  assert.deepEqual(row?.status.reasons, ['no audited state of v6.12, v6.16, v6.17']);
});

test('of many mappings the first are told and the others counted', () => {
  const state = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`mapping${index + 1}.rss_kb`, '2048']),
  );
  const equal = renderText(analyseSweep(sweep([auditRow({ told: () => ({ state }) })])));
  assert.match(
    equal.replaceAll(/\s+/g, ' '),
    /: mapping 1: Rss 2048 kB; mapping 2: Rss 2048 kB; and 28 more mappings/,
  );
  const told: RecordRow['told'] = (kernel) => (kernel === 'v6.17' ? { state: STATE } : { state });
  const differing = renderText(analyseSweep(sweep([auditRow({ told })])));
  assert.match(differing, /\n {4}and 17 more keys, in results\.json\n/);
});
