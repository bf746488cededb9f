// SPDX-License-Identifier: Apache-2.0
/** results.json must hold the raw series, so that every number of the report can be recomputed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from '../analyse-sweep.js';
import { buildRecord } from '../testing/record-builder.js';
import { plainSweep } from '../testing/sample-records.js';
import { RESULTS_SCHEMA, renderJson } from './render-json.js';

const FAILURES = [
  {
    trial: 'qemu-smp1/r1/v6.17',
    attempt: 1,
    status: 'lab-failed',
    class: 'panic',
    message: 'panic',
  } as const,
];

test('a report made again from the file alone is the report in the file', () => {
  const record = buildRecord(plainSweep({ failures: FAILURES }));
  const report = analyseSweep(record);
  const file = JSON.parse(renderJson(record, report));
  const again = analyseSweep({
    ...record,
    spec: file.spec,
    plan: file.plan,
    submitted: file.submitted,
    hosts: file.hosts,
    entries: file.trials,
    decisions: new Map(
      file.decisions.map(({ block, ...decision }: { block: string }) => [block, decision]),
    ),
  });
  assert.equal(file.schema, RESULTS_SCHEMA);
  assert.deepEqual(again, file.report);
});

test('every sample of every attempt is there, rounds too, and no console', () => {
  const record = buildRecord(plainSweep({ failures: FAILURES }));
  const text = renderJson(record, analyseSweep(record));
  const { trials } = JSON.parse(text);
  assert.equal(trials.length, record.entries.length);
  const samples = trials.flatMap(
    (trial: { outcome: { samples: object[] } }) => trial.outcome.samples,
  );
  assert.deepEqual(
    samples,
    record.entries.flatMap((entry) => entry.outcome.samples),
  );
  assert.equal(text.includes('the end of a console'), false);
});
