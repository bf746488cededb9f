// SPDX-License-Identifier: Apache-2.0
/** What a mail says of its verdicts together: the chance that it states is the one that is kept. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from '../../analyse-sweep.js';
import { reportSweep } from '../../testing/report-sweeps.js';
import { mailVerdicts } from './mail-verdicts.js';

test('the threshold of rows that could stop early is not told as a chance', () => {
  const whole = reportSweep();
  const precision = { fraction: 0.05, repetitionsMin: 6 };
  const stopping = { ...whole, spec: { ...whole.spec, precision } };
  const told = (record: typeof whole) =>
    mailVerdicts(analyseSweep(record), 72).join(' ').replaceAll(/\s+/g, ' ');
  assert.match(told(whole), /among 5 comparisons is at most 5\.0%, by Holm; /);
  assert.match(
    told(stopping),
    /is at most 5\.0%, by Holm, p held against 0\.03 since rows could stop early; /,
  );
  assert.doesNotMatch(told(stopping), /is 3\.5%/);
});
