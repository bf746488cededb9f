// SPDX-License-Identifier: Apache-2.0
/** Steps of printed values: those that matter, and those that drown in the spread. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Metric } from '@labsweep/proto';
import { analyseSweep } from './analyse-sweep.js';
import type { Quantisation } from './quantisation.js';
import { renderText } from './report/render-text.js';
import type { Report } from './report-model.js';
import { buildRecord } from './testing/record-builder.js';
import { statedSweep } from './testing/sample-records.js';

const METRIC: Metric = { name: 'ns', unit: 'ns/page', direction: 'lower', meaning: '' };

function report(values: Readonly<Record<string, readonly number[]>>, metric = METRIC): Report {
  return analyseSweep(buildRecord(statedSweep(values, { metrics: [metric] })));
}

function found(values: readonly number[], metric?: Metric): Quantisation | undefined {
  return report({ a: values }, metric).rows[0]?.quantisation[0];
}

test('equal whole numbers are a false zero, shown with half a quantum as a share', () => {
  const { rows, notes, ...rest } = report({ a: [26, 26, 26], b: [37, 38, 37] });
  const [found] = rows[0]?.quantisation ?? [];
  assert.equal(found?.quantum, 1);
  const [zero, spread] = found?.cells ?? [];
  assert.deepEqual(zero, { kernel: 'a', stdev: 0, halfShare: 0.5 / 26, isFalseZero: true });
  assert.equal(spread?.stdev.toFixed(4), '0.5774');
  assert.equal(spread?.isFalseZero, false);
  assert.ok(notes.some((note) => note.startsWith('A false zero')));
  const text = renderText({ ...rest, rows, notes }).replaceAll(/\s+/g, ' ');
  assert.ok(text.includes('a spread 0.00 (+-0.5 = 1.9%, a false zero)'));
  assert.ok(text.includes('b spread 0.58 (+-0.5 = 1.4%)'));
});

test('decimals count: the quantum is that of the finest value of the row', () => {
  assert.equal(found([25.5, 26, 25])?.quantum, 0.5 / 5);
  assert.equal(found([2.25, 2.25, 2.5])?.quantum, 0.01);
});

test('a quantum that drowns in the spread and in the level is not worth a word', () => {
  assert.equal(found([2300, 2450, 2200]), undefined);
  assert.equal(found([230.125, 236.25, 229.5]), undefined);
});

test('a small quantum beside a smaller spread is told', () => {
  assert.equal(found([230.125, 230.125, 230.126])?.quantum, 0.001);
});

test('numbers of full precision have no quantum', () => {
  assert.equal(found([1 / 3, 1 / 3, 1 / 3]), undefined);
  assert.equal(found([1e-20, 1e-20, 1e-20]), undefined);
});

test('counts and recorded numbers are whole by nature', () => {
  assert.equal(found([3, 3, 3], { ...METRIC, unit: '' }), undefined);
  assert.equal(found([3, 3, 3], { ...METRIC, direction: 'none' }), undefined);
});

test('two values share their digits by chance too easily', () => {
  assert.equal(found([25, 25]), undefined);
});
