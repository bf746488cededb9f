// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: in a sandwich a steady drift is no change, in no number of a report. Method: exact drift
 * through each block, by which the last trial is 21 % above the first.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from './analyse-sweep.js';
import { buildRecord } from './testing/record-builder.js';
import { sandwichSweep } from './testing/sample-records.js';

/** Not in arithmetic steps, so that ranks differ. */
const LEVELS = [100, 103, 99, 107, 95, 101];
const scaled = (factor: number) => LEVELS.map((level) => level * factor);

function rowOf(kernelFactor: number, again = scaled(1.21)) {
  const values = { A: scaled(1), B: scaled(1.1 * kernelFactor), 'A.again': again };
  const [row] = analyseSweep(buildRecord(sandwichSweep(values))).rows;
  assert(row);
  return row;
}

function changeOf(row: ReturnType<typeof rowOf>) {
  const comparison = row.metrics[0]?.cells[1]?.comparison;
  assert(comparison?.kind === 'compared');
  return comparison;
}

test('a steady drift through the blocks of a sandwich is no change', () => {
  const { changePercent, ratio } = changeOf(rowOf(1));
  assert.ok(Math.abs(changePercent.estimate) < 1e-6, String(changePercent.estimate));
  assert.equal(ratio.n, 6);
});

test('the drift stays what it is, and the change is that of the kernel', () => {
  const row = rowOf(1.5);
  assert.ok(Math.abs(changeOf(row).changePercent.estimate - 50) < 1e-6);
  assert(row.noiseFloor?.kind === 'a-a');
  assert.ok(Math.abs(row.noiseFloor.change.estimate - 21) < 1e-6);
  assert.equal(row.again?.values.length, 6);
});

test('a block that lacks one turn of the baseline would carry the drift, and is left out', () => {
  const whole = scaled(1.21);
  assert.equal(changeOf(rowOf(1, whole.slice(0, 5))).ratio.n, 5);
});
