// SPDX-License-Identifier: Apache-2.0
/**
 * The JSON that labsweep writes against its published schema and against that of KCIDB. A schema
 * that lets everything pass would hide faults, so each is also shown to refuse.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { UsageError } from '@labsweep/proto';
import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { analyseSweep } from '../analyse-sweep.js';
import type { SweepRecord } from '../sweep-record.js';
import { buildRecord } from '../testing/record-builder.js';
import { reportSweep } from '../testing/report-sweeps.js';
import { plainSweep, qemuRow, sandwichSweep, statedSweep } from '../testing/sample-records.js';
import { renderJson } from './render-json.js';
import { renderKcidb } from './render-kcidb.js';

const ROOT = new URL('../../../', import.meta.url);
const schemaOf = (path: string) => JSON.parse(readFileSync(new URL(path, ROOT), 'utf8'));

const results = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(
  schemaOf('docs/schema/results-2.schema.json'),
);
const kcidb = (() => {
  const ajv = new Ajv({ strict: true });
  addFormats.default(ajv);
  return ajv.compile(schemaOf('analysis/testdata/kcidb-5.3.schema.json'));
})();

const RECORDS: Readonly<Record<string, () => SweepRecord>> = {
  whole: () => reportSweep(),
  running: () => reportSweep({ state: 'running', entriesMax: 30 }),
  empty: () => reportSweep({ state: 'interrupted', entriesMax: 0 }),
  'one block': () => buildRecord(plainSweep({ repetitions: 1 })),
  'with zeros': () => buildRecord(statedSweep({ a: [0, 1, 2], b: [1, 0, 3] })),
  'a sandwich': () =>
    buildRecord(sandwichSweep({ a: [10, 11, 12], b: [13, 14, 15], 'a.again': [10, 12, 11] })),
  'not comparable': () =>
    buildRecord(
      plainSweep({
        rows: [
          qemuRow(1, {
            told: (kernel) => ({ line: { vma_count_before: kernel === 'v6.17' ? 2 : 1 } }),
          }),
        ],
      }),
    ),
};

/** Undefined where the value fits. */
function complaint(validate: ValidateFunction, value: unknown): string | undefined {
  if (validate(value)) return undefined;
  return JSON.stringify(validate.errors?.slice(0, 3));
}

function jsonOf(record: SweepRecord) {
  return JSON.parse(renderJson(record, analyseSweep(record)));
}

function kcidbOf(record: SweepRecord, origin?: string) {
  const options = origin === undefined ? {} : { origin };
  return JSON.parse(renderKcidb({ record, report: analyseSweep(record), options }));
}

for (const [name, record] of Object.entries(RECORDS)) {
  test(`results.json of a sweep (${name}) fits its published schema`, () => {
    assert.equal(complaint(results, jsonOf(record())), undefined);
  });

  test(`the KCIDB export of a sweep (${name}) fits KCIDB 5.3`, () => {
    assert.equal(complaint(kcidb, kcidbOf(record())), undefined);
  });
}

test('the published schema refuses what results.json must not be', () => {
  const refuses = (name: string, spoil: (file: ReturnType<typeof jsonOf>) => void) => {
    const file = jsonOf(reportSweep());
    spoil(file);
    assert.notEqual(complaint(results, file), undefined, name);
  };
  const judged = (file: ReturnType<typeof jsonOf>) =>
    file.report.rows[0].metrics[0].cells.find((cell: { judgement?: object }) => cell.judgement);
  refuses('another version', (file) => Object.assign(file, { schema: 'labsweep-results/1' }));
  refuses('no trials', (file) => Reflect.deleteProperty(file, 'trials'));
  refuses('an unknown verdict', (file) =>
    Object.assign(judged(file).judgement, { verdict: 'bad' }),
  );
  refuses('a verdict without a reason', (file) => judged(file).judgement.reasons.splice(0));
  refuses('a cell without its series', (file) => Reflect.deleteProperty(judged(file), 'values'));
  refuses('an interval without a bound', (file) =>
    Reflect.deleteProperty(judged(file).interval, 'low'),
  );
  refuses('a failure without a class', (file) => {
    const failed = file.trials.find(
      (trial: { outcome: { failure?: object } }) => trial.outcome.failure,
    );
    Reflect.deleteProperty(failed.outcome, 'failure');
  });
});

test('the schema of KCIDB refuses nulls, unknown fields and names it does not know', () => {
  const refuses = (name: string, change: object) => {
    const data = kcidbOf(reportSweep());
    Object.assign(data.tests[0], change);
    assert.notEqual(complaint(kcidb, data), undefined, name);
  };
  refuses('null', { comment: null });
  refuses('an unknown field', { interval: [1, 2] });
  refuses('a bad origin', { origin: 'Acme-Lab' });
  refuses('a path with a blank', { path: 'labsweep.a b' });
  refuses('a time that is none', { start_time: 'yesterday' });
});

test('KCIDB has every value, and tells harness, kernel and verdict apart', () => {
  const record = reportSweep();
  const { tests, builds, checkouts } = kcidbOf(record, 'acme_lab');
  const ids = tests.map(({ id }: { id: string }) => id);
  assert.equal(new Set(ids).size, ids.length);
  const byStatus = (status: string) =>
    tests
      .filter((each: { status: string }) => each.status === status)
      .map(({ path, misc }: { path: string; misc: { failure?: string } }) => misc.failure ?? path);
  assert.deepEqual(byStatus('MISS'), ['panic']);
  assert.deepEqual(byStatus('FAIL'), [
    'oops',
    ...Array(3).fill('labsweep.mprotect-shared-dirty.shared-dirty.iteration_ns_per_page.verdict'),
  ]);
  // Of the row that only supports.
  assert.equal(byStatus('DONE').filter((each: string) => each.endsWith('.verdict')).length, 2);
  const values = tests.filter(
    ({ misc, number }: { misc: { accepted?: string }; number?: object }) =>
      misc.accepted === 'yes' && number,
  );
  const cells = analyseSweep(record).rows.flatMap((row) =>
    row.metrics.flatMap((each) => each.cells),
  );
  assert.equal(
    values.length,
    cells.reduce((sum, cell) => sum + cell.values.length, 0),
  );
  assert.equal(builds.length, 3);
  assert.equal(checkouts.length, 3);
});

test('every build and checkout that KCIDB is told of resolves', () => {
  const kernels = ['v6.16', 'v6.17', 'v6.16.again'];
  const twice = { rows: [qemuRow(1, { kernels })], again: 'v6.16.again' };
  const records = {
    ...RECORDS,
    'baseline twice': () => buildRecord(plainSweep(twice)),
    'baseline twice, broken off': () =>
      buildRecord(plainSweep({ ...twice, state: 'interrupted', entriesMax: 4 })),
  };
  interface Named {
    readonly id: string;
    readonly build_id: string;
    readonly checkout_id: string;
  }
  for (const [name, record] of Object.entries(records)) {
    const data = kcidbOf(record());
    const idsOf = (objects: readonly Named[]) => new Set(objects.map(({ id }) => id));
    const [builds, checkouts] = [idsOf(data.builds), idsOf(data.checkouts)];
    const lost = [
      ...data.tests.filter(({ build_id }: Named) => !builds.has(build_id)),
      ...data.builds.filter(({ checkout_id }: Named) => !checkouts.has(checkout_id)),
    ];
    assert.deepEqual(
      lost.map(({ id }) => id),
      [],
      name,
    );
    assert.equal(idsOf(data.tests).size, data.tests.length, name);
  }
});

test('an origin that KCIDB would refuse is refused here, with what to use', () => {
  assert.throws(
    () => kcidbOf(reportSweep(), 'Acme-Lab'),
    (error) => error instanceof UsageError && /lower-case letters/.test(error.message),
  );
});
