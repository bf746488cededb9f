// SPDX-License-Identifier: Apache-2.0
/** The rule by which rows may end early is part of what was done, so every page tells it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from '../analyse-sweep.js';
import type { SweepRecord } from '../sweep-record.js';
import { reportSweep } from '../testing/report-sweeps.js';
import { FORMATS } from './formats.js';

const PAGES = ['text', 'mail', 'markdown', 'html'];

/** On one line, however it is wrapped. */
function pageOf(name: string, record: SweepRecord): string {
  const format = FORMATS.find((each) => each.name === name);
  assert(format !== undefined);
  const text = String(format.render({ record, report: analyseSweep(record), options: {} }));
  return text.replaceAll(/\s+/g, ' ');
}

test('a sweep that stops at a precision says so on every page', () => {
  const whole = reportSweep();
  const precision = { fraction: 0.05, repetitionsMin: 6 };
  const stopping = { ...whole, spec: { ...whole.spec, precision } };
  for (const name of PAGES) {
    assert.match(pageOf(name, stopping), /at most 10.{0,20}, until each change is known to 5\.0%/);
    assert.doesNotMatch(pageOf(name, whole), /at most 10|until each change/, name);
  }
});
