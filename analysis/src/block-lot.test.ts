// SPDX-License-Identifier: Apache-2.0
/** A change in an order that nobody drew keeps its numbers, and is claimed by no format. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BlockOrder, Sha256, SweepId } from '@labsweep/proto';
import { analyseSweep } from './analyse-sweep.js';
import { measuredRecord } from './measurements/measured-record.js';
import { headline } from './report/headline.js';
import { regzbotLine } from './report/mail/regzbot.js';
import { renderKcidb } from './report/render-kcidb.js';
import type { SweepRecord } from './sweep-record.js';
import { buildRecord } from './testing/record-builder.js';
import { qemuRow } from './testing/sample-records.js';

function ordered(order: BlockOrder): SweepRecord {
  return buildRecord({
    seed: 1,
    repetitions: 8,
    baseline: 'v6.16',
    rows: [qemuRow(1, { kernels: ['v6.16', 'v6.17'] })],
    order,
  });
}

function table(): SweepRecord {
  const lines = Array.from({ length: 8 }, (_, index) =>
    ['A', 'B'].map((kernel) => `${kernel},ns,${kernel === 'A' ? 100 + index : 150.5},${index + 1}`),
  );
  const text = ['kernel,metric,value,repetition', ...lines.flat()].join('\n');
  const sha256 = 'e'.repeat(64) as Sha256;
  return measuredRecord({ text, fileName: 'm.csv', sha256, sweep: 'm-1' as SweepId });
}

function kcidbVerdicts(record: SweepRecord): string[] {
  const report = analyseSweep(record);
  const text = renderKcidb({ record, report, options: {} } as Parameters<typeof renderKcidb>[0]);
  const { tests } = JSON.parse(text) as { tests: { path: string; status: string }[] };
  return tests.filter(({ path }) => path.endsWith('.verdict')).map(({ status }) => status);
}

test('drawn by lot, a clear change of a clean row is a regression', () => {
  const record = ordered('interleaved');
  const report = analyseSweep(record);
  assert.equal(report.rows[0]?.status.kind, 'clean');
  assert.match(headline(report), /^\[REGRESSION\] /);
  assert.deepEqual(kcidbVerdicts(record), ['FAIL']);
});

for (const [name, record, words] of [
  ['in the order listed', ordered('listed'), /one fixed order in every block/],
  [
    'in an order that a table does not tell',
    table(),
    /the order in which kernels ran is not known/,
  ],
] as const) {
  test(`${name}, it keeps its numbers and is claimed nowhere`, () => {
    const report = analyseSweep(record);
    const [row] = report.rows;
    const cell = row?.metrics[0]?.cells[1];
    assert.equal(cell?.judgement?.verdict, 'slower');
    assert.ok(cell.comparison.kind === 'compared' && cell.comparison.changePercent.low > 10);
    const doubt = cell.judgement.reasons.find(({ code }) => code === 'order-not-drawn');
    assert.match(doubt?.text ?? '', words);
    assert.equal(row?.status.kind, 'supporting');
    assert.ok(row.status.reasons.some((reason) => words.test(reason)));
    assert.doesNotMatch(headline(report), /REGRESSION/);
    assert.deepEqual(kcidbVerdicts(record), ['DONE']);
    assert.throws(() => regzbotLine('v6.16..v6.17', report), /whose order inside blocks was drawn/);
  });
}

test('levels without a comparison have no order to doubt', () => {
  const record = buildRecord({
    seed: 1,
    repetitions: 3,
    baseline: 'v6.16',
    rows: [qemuRow(1, { kernels: ['v6.16'] })],
    order: 'listed',
  });
  assert.equal(analyseSweep(record).rows[0]?.status.kind, 'clean');
});
