// SPDX-License-Identifier: Apache-2.0
/** Trials on CPUs that were slowed down, against the other trials of their cell. */
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { analyseSweep } from './analyse-sweep.js';
import { renderText } from './report/render-text.js';
import { buildRecord } from './testing/record-builder.js';
import type { Told } from './testing/record-options.js';
import { plainSweep, qemuRow } from './testing/sample-records.js';

type ToldBy = (kernel: string, repetition: number) => Told;

function row(told: ToldBy) {
  const sweep = plainSweep({ rows: [qemuRow(1, { told })], hostsMax: 1 });
  const report = analyseSweep(buildRecord(sweep));
  return { status: report.rows[0]?.status, text: renderText(report) };
}

const record = (before: Record<string, string>, after: Record<string, string>): Told => ({
  hygiene: { mode: 'observe', before, after, warnings: [], disturbances: [] },
});

/** The CPUs' mean frequency as a multiple of the nominal one, by their counters. */
const counted = (ratio: number): Told =>
  record(
    { aperf_cycles: '1000', mperf_cycles: '5000' },
    { aperf_cycles: String(1000 + ratio * 1e6), mperf_cycles: '1005000' },
  );

const slowedOnce =
  (usual: Told, slow: Told): ToldBy =>
  (kernel, repetition) =>
    kernel === 'v6.17' && repetition === 2 ? slow : usual;

test('a trial on slowed CPUs is marked, and leaves its row clean', () => {
  const { status, text } = row(slowedOnce(counted(1.4), counted(1.2)));
  assert.equal(status?.kind, 'clean');
  assert.ok(status.marks.includes('!frequency'));
  const remark = status.remarks.find((each) => each.startsWith('!frequency'));
  assert.match(
    remark ?? '',
    /^!frequency: CPUs ran slower than 98% of their cell's median: 1 of \d+ trials of v6\.17 \(85\.7%\)$/,
  );
  assert.match(text, /!frequency/);
});

test('CPUs that vary by less, or that nothing is known of, are left alone', () => {
  for (const told of [
    slowedOnce(counted(1.4), counted(1.38)),
    slowedOnce(counted(1.4), counted(1.6)),
    slowedOnce({}, {}),
    slowedOnce(record({}, {}), record({}, {})),
  ]) {
    assert.deepEqual(row(told).status?.marks, []);
  }
});

test('without counters the driver is believed where the governor holds the frequency', () => {
  const driver = (governor: string, khz: string) => record({}, { governor, frequency_khz: khz });
  const marks = (governor: string) =>
    row(slowedOnce(driver(governor, '3000000,3000000'), driver(governor, '2000000,2600000'))).status
      ?.marks;
  assert.deepEqual(marks('performance'), ['!frequency']);
  assert.deepEqual(marks('powersave'), []);
});
