// SPDX-License-Identifier: Apache-2.0
/**
 * No value is lost in any format when hosts ran the same repetition, or when blocks have names of
 * their own, and values of two hosts never stand in one line.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sha256, SweepId } from '@labsweep/proto';
import { analyseSweep } from '../analyse-sweep.js';
import { measuredRecord } from '../measurements/measured-record.js';
import type { SweepRecord } from '../sweep-record.js';
import { FORMATS } from './formats.js';
import { rawSeriesLines, seriesTable } from './raw-series.js';

const HOSTS = ['box1', 'box2', 'box3'];
const REPETITIONS = [1, 2, 3, 4];
/** No two values are alike, nor is one a part of another. */
const stated = (kernel: string, host: number, repetition: number): number =>
  (kernel === 'a' ? 1000 : 2000) + host * 100 + repetition * 10 + 0.5;

function recordOf(lines: readonly string[]): SweepRecord {
  return measuredRecord({
    text: `${lines.join('\n')}\n`,
    fileName: 'm.csv',
    sha256: 'e'.repeat(64) as Sha256,
    sweep: 'measured-m' as SweepId,
  });
}

function severalHosts(): SweepRecord {
  return recordOf([
    'kernel,metric,value,repetition,host',
    ...HOSTS.flatMap((name, host) =>
      REPETITIONS.flatMap((repetition) =>
        ['a', 'b'].map((kernel) =>
          [kernel, 'ns', stated(kernel, host, repetition), repetition, name].join(','),
        ),
      ),
    ),
  ]);
}

test('each value of several hosts stands in every format that has raw series', () => {
  const record = severalHosts();
  const report = analyseSweep(record);
  const all = ['a', 'b'].flatMap((kernel) =>
    HOSTS.flatMap((_, host) => REPETITIONS.map((each) => String(stated(kernel, host, each)))),
  );
  assert.equal(new Set(all).size, 24);
  for (const { name, render } of FORMATS.filter((format) => format.name !== 'text')) {
    const text = String(render({ record, report, options: {} }));
    assert.deepEqual(
      all.filter((value) => !text.includes(value)),
      [],
      name,
    );
  }
});

test('values of one host share a line, and the host is named', () => {
  const report = analyseSweep(severalHosts());
  assert.deepEqual(rawSeriesLines(report, { metric: 'ns', columns: 72 }).slice(0, 7), [
    '  native smp 1',
    '    on box1, repetitions 1 2 3 4',
    '      a: 1010.5 1020.5 1030.5 1040.5',
    '      b: 2010.5 2020.5 2030.5 2040.5',
    '    on box2, repetitions 1 2 3 4',
    '      a: 1110.5 1120.5 1130.5 1140.5',
    '      b: 2110.5 2120.5 2130.5 2140.5',
  ]);
  const [row] = report.rows;
  assert(row !== undefined);
  const table = seriesTable(report, row, 'ns');
  assert.deepEqual(table?.kernels, ['a', 'b']);
  assert.equal(table?.rows.length, 12);
  assert.deepEqual(table?.rows[1], ['1 on box2', '1110.5', '2110.5']);
});

test('blocks with names of their own are apart although they share a repetition', () => {
  const record = recordOf([
    'kernel,metric,value,repetition,block',
    ...['x', 'y', 'z'].map((block, index) => `a,ns,${10 + index},1,${block}`),
    ...['x', 'z'].map((block, index) => `b,ns,${20 + index},1,${block}`),
  ]);
  assert.deepEqual(rawSeriesLines(analyseSweep(record), { metric: 'ns', columns: 72 }), [
    '  native smp 1',
    '    a: 10 11 12',
    '    b: 20 - 21',
  ]);
});
