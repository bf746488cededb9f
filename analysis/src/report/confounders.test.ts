// SPDX-License-Identifier: Apache-2.0
/**
 * What else than the code a change may come from stands in each format that is read or handed on,
 * in the mail first of all, since that is what gets sent.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KernelName, Sha256 } from '@labsweep/proto';
import { analyseSweep } from '../analyse-sweep.js';
import { buildRecord } from '../testing/record-builder.js';
import { plainSweep, qemuRow } from '../testing/sample-records.js';
import { FORMATS } from './formats.js';

const CONFIG = { sha256: '1d'.repeat(32) as Sha256, sizeBytes: 261_000 };
const OTHER = {
  ...{ sha256: '2e'.repeat(32) as Sha256, sizeBytes: 262_000 },
  differences: {
    ...{ against: 'v6.16' as KernelName, changedCount: 1, addedCount: 0, removedCount: 0 },
    options: ['NR_CPUS 64 -> 8192'],
  },
};

const RECORD = buildRecord(
  plainSweep({
    rows: [
      qemuRow(1, {
        kernels: ['v6.16', 'v6.17'],
        told: (kernel) => ({
          facts: { damon_stat: kernel === 'v6.17' ? 'Y' : 'absent' },
          hygiene: {
            ...{ mode: 'observe', before: {}, after: {}, disturbances: [] },
            warnings: ['not as a measurement wants it: watchdog'],
          },
        }),
      }),
    ],
    repetitions: 6,
    releases: { 'v6.16': '6.16.12', 'v6.17': '6.17.8' },
    configs: { 'v6.16': CONFIG, 'v6.17': OTHER },
  }),
);

const CONFOUNDERS = [
  /refined-jiffies \(12 trials\) is a clock that only ticks with the timer/,
  /DAMON_STAT is enabled on v6\.17 and not on v6\.16/,
  /Besides their source, kernels differ from v6\.16 in configuration \(v6\.17\)/,
  /Host hygiene \(observe\): 12 of 12 trials with warnings: .*watchdog/,
];

test('the confounders of a report are those of its notes', () => {
  const { confounders, notes } = analyseSweep(RECORD);
  for (const pattern of CONFOUNDERS) {
    assert.equal(confounders.filter((each) => pattern.test(each)).length, 1, String(pattern));
  }
  assert.deepEqual(
    confounders.filter((each) => !notes.includes(each)),
    [],
  );
});

for (const { name, render } of FORMATS.filter((format) => format.name !== 'csv')) {
  test(`${name} has every confounder`, () => {
    const text = String(render({ record: RECORD, report: analyseSweep(RECORD), options: {} }));
    const plain = text.replaceAll('\\_', '_').replaceAll(/\s*\n\s*/g, ' ');
    for (const pattern of CONFOUNDERS) assert.ok(pattern.test(plain), String(pattern));
  });
}

test('in the mail they are a paragraph before the lines to reproduce it', () => {
  const mail = FORMATS.find(({ name }) => name === 'mail');
  const text = String(mail?.render({ record: RECORD, report: analyseSweep(RECORD), options: {} }));
  assert.match(
    text,
    /\n\nNotes:\n {2}- refined-jiffies(?:.|\n {4})*\n {2}- (?:.|\n {2})*\n\nReproduce:\n/,
  );
});
