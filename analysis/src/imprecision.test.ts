// SPDX-License-Identifier: Apache-2.0
/** A row that had all its blocks and is less precise than was asked says so, and no other does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from './analyse-sweep.js';
import { FORMATS } from './report/formats.js';
import type { SweepRecord } from './sweep-record.js';
import { buildRecord } from './testing/record-builder.js';
import type { RecordOptions } from './testing/record-options.js';
import { statedSweep } from './testing/sample-records.js';

const STEADY = [100, 101, 99, 100.5, 99.5, 100.2, 99.8, 100.1];
/** Within 98 % intervals of 8 blocks: all but the two ends, so at most 12 % either way. */
const WIDE = [180, 190, 200, 210, 220, 205, 195, 230];

function precise(
  values: readonly number[],
  fraction: number,
  change: Partial<RecordOptions> = {},
): SweepRecord {
  const old = STEADY.slice(0, values.length);
  const record = buildRecord(statedSweep({ old, new: values }, { hostsMax: 1, ...change }));
  return { ...record, spec: { ...record.spec, precision: { fraction, repetitionsMin: 6 } } };
}

function remarksOf(record: SweepRecord): string[] {
  const { remarks = [] } = analyseSweep(record).rows[0]?.status ?? {};
  return remarks.filter((remark) => / was asked$/.test(remark));
}

test('what is less known than was asked is told with how well it is known', () => {
  const [remark = '', ...others] = remarksOf(precise(WIDE, 0.05));
  const known =
    /^the change of new is known to (\d+\.\d)% \(98% interval\), after all 8 blocks; 5\.0% was asked$/.exec(
      remark,
    );
  assert.ok(Number(known?.[1]) > 5 && Number(known?.[1]) < 13, remark);
  assert.deepEqual(others, []);
});

test('every format in words has it', () => {
  const record = precise(WIDE, 0.05);
  const report = analyseSweep(record);
  for (const name of ['text', 'mail', 'markdown', 'html', 'lkp', 'mmtests', 'gobench']) {
    const format = FORMATS.find((each) => each.name === name);
    const page = String(format?.render({ record, report, options: {} })).replaceAll(/\s+/g, ' ');
    assert.match(page, /after all 8 blocks; 5\.0% was asked/, name);
  }
});

test('nothing is said of a row that is precise enough, or may still get blocks', () => {
  assert.deepEqual(remarksOf(precise(WIDE, 0.2)), []);
  const running = { state: 'running', entriesMax: 14 } as const;
  assert.deepEqual(remarksOf(precise(WIDE, 0.05, running)), []);
  const asked = precise(WIDE, 0.05);
  const { precision: _, ...spec } = asked.spec;
  assert.deepEqual(remarksOf({ ...asked, spec }), []);
});

test('too few blocks for the rule are no precision at all', () => {
  assert.deepEqual(remarksOf(precise(WIDE.slice(0, 6), 0.2)), [
    'the change of new has no 98% interval, which takes 7 blocks, after all 6 blocks; 20.0% was asked',
  ]);
});
