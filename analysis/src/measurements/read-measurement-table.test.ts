// SPDX-License-Identifier: Apache-2.0
/** What is wrong with a table is told with line and column, and with what to try. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sha256, SweepId } from '@labsweep/proto';
import { measuredRecord } from './measured-record.js';
import { TableError } from './measurement.js';
import { PROBLEMS_MAX, readMeasurementTable } from './read-measurement-table.js';

const HEADER = 'kernel,metric,value,repetition';

/** `line:column: message`, one a line. */
function problemsOf(text: string): string {
  try {
    measuredRecord({
      text,
      fileName: 'm.csv',
      sha256: 'e'.repeat(64) as Sha256,
      sweep: 'm-1' as SweepId,
    });
    return '';
  } catch (error) {
    assert(error instanceof TableError, String(error));
    return error.problems
      .map(({ line, column, message }) => `${line}:${column}: ${message}`)
      .join('\n');
  }
}

test('mistakes of a table, each at its place', () => {
  const cases = [
    ['', /^1:1: the table is empty$/],
    [`${HEADER}\n`, /^1:1: there is no line below the header$/],
    ['kernel;metric;value;repetition\na;b;1;1', /^1:1: columns are separated by commas, not semi/],
    ['kernel\tmetric\tvalue\n', /^1:1: columns are separated by commas, not tabs$/],
    ['kernel,metric,value\na,b,1', /^1:1: there is no column 'repetition', of kernel, metric/],
    ['kernel,metrics,value,repetition\n', /no column 'metric', .*; is it 'metrics'\?$/],
    [`${HEADER},kernel\n`, /^1:32: the column 'kernel' stands there twice; rename one$/],
    [`${HEADER}\na,ns,1\n`, /^2:1: 3 fields, and the header has 4; quote commas$/],
    [`${HEADER}\na,ns,fast,1\n`, /^2:6: value: 'fast' is no number$/],
    [`${HEADER}\na,ns,"1,5",1\n`, /^2:6: value: '1,5' is no number; write decimals with a point$/],
    [`${HEADER}\na,ns,1 ns,1\n`, /^2:6: value: '1 ns' is no number; the unit has a column/],
    [`${HEADER}\na,ns,1e999,1\n`, /^2:6: value: '1e999' is no number$/],
    [`${HEADER}\na,ns,0x10,1\n`, /^2:6: value: '0x10' is no number$/],
    [`${HEADER}\na,ns,1,0\n`, /^2:8: repetition: '0' is no whole number from 1 on$/],
    [`${HEADER}\na,ns,,1\n`, /^2:6: value: it is empty; leave the line out, or say by status/],
    [`${HEADER}\n,ns,1,1\n`, /^2:1: kernel: it is empty/],
    [`${HEADER},environment\na,ns,1,1,qemu\n`, /^2:10: environment: 'qemu' says too little/],
    [`${HEADER},environment\na,ns,1,1,bare\n`, /^2:10: environment: 'bare' is not one of native/],
    [`${HEADER},direction\na,ns,1,1,up\n`, /^2:10: direction: 'up' is not one of lower, higher/],
    [`${HEADER},status\na,ns,1,1,ok\n`, /^2:10: status: 'ok' is not one of measured, /],
    [`${HEADER},status\na,ns,1,1,lab-failed\n`, /^2:10: status: a trial that is lab-failed needs/],
    [`${HEADER}\na,"ns,1,1\n`, /^2:3: a quote is open or misplaced/],
    [
      `${HEADER}\na,ns,1,1\n\na,ns,2,1\n`,
      /^4:1: the same kernel, metric and repetition as on line 2/,
    ],
    [`${HEADER},unit\na,n,1,1,us\nb,n,1,1,ns`, /^3:1: 'n' has another unit .* on line 2; a metric/],
    [`${HEADER},row,smp\na,n,1,1,r,1\nb,n,1,1,r,2`, /^3:1: the row 'r' has another smp .* line 2/],
  ] as const;
  for (const [text, words] of cases) assert.match(problemsOf(text), words, JSON.stringify(text));
});

test('all mistakes are told at once, up to a limit', () => {
  const lines = Array.from({ length: 3 }, (_, index) => `a,ns,x,${index}`);
  assert.equal(problemsOf([HEADER, ...lines].join('\n')).split('\n').length, 4);
  const many = Array.from({ length: 99 }, () => 'a,ns,x,1');
  assert.equal(problemsOf([HEADER, ...many].join('\n')).split('\n').length, PROBLEMS_MAX);
});

test('a byte order mark, carriage returns, quotes, blank lines and other columns are read', () => {
  const text =
    '\uFEFFKernel, Metric ,value,repetition,note\r\n"a ""b""",ns, 1.5e1 ,2,"x\ny"\r\n\r\n';
  const { measurements, columnsNotRead } = readMeasurementTable(text);
  assert.deepEqual(
    measurements.map(({ offset: _, ...rest }) => rest),
    [{ kernel: 'a "b"', metric: 'ns', value: 15, repetition: 2 }],
  );
  assert.deepEqual(columnsNotRead, ['note']);
});
