// SPDX-License-Identifier: Apache-2.0
/** Goal: drift does not pass for an effect. Method: values by hand, in six blocks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from '../analyse-sweep.js';
import type { SweepRecord } from '../sweep-record.js';
import { buildRecord } from '../testing/record-builder.js';
import { sandwichSweep } from '../testing/sample-records.js';
import { isConfirmed, sandwichOf } from './sandwich.js';

const UP = { ratio: 2, low: 1.9, high: 2.1 };
const NAMES = { good: 'A', bad: 'B', metric: 'ns' };
const NOISE = [0, 1, -1, 2, -2, 1];

function recordOf(good: number, bad: number, again: number): SweepRecord {
  const around = (level: number, sign: number) => NOISE.map((noise) => level + sign * noise);
  const values = { A: around(good, 1), B: around(bad, -1), 'A.again': around(again, -1) };
  return buildRecord(sandwichSweep(values));
}

function sandwich(good: number, bad: number, again: number) {
  return sandwichOf(recordOf(good, bad, again), NAMES);
}

test('the effect is taken against the middle of both good ones, with the drift beside it', () => {
  const found = sandwich(100, 200, 100);
  assert.equal(found.blocks, 6);
  assert.deepEqual(found.values, { good: 100.5, bad: 199.5, again: 99.5 });
  assert.ok(Math.abs((found.effect?.ratio ?? 0) - 2) < 0.03);
  assert.ok(found.drift !== undefined && found.drift.low < 1 && found.drift.high > 1);
  assert.equal(isConfirmed(found, UP), true);
  assert.deepEqual([found.trials, found.unlikeStates], [18, false]);
});

test('a steady drift through the block is no effect', () => {
  const found = sandwich(100, 110, 121);
  assert.ok(Math.abs((found.effect?.ratio ?? 0) - 1) < 0.01, `${found.effect?.ratio}`);
  assert.ok((found.drift?.low ?? 0) > 1.15);
  assert.equal(isConfirmed(found, UP), false);
});

test('an effect against the direction of the ends does not confirm them', () => {
  assert.equal(isConfirmed(sandwich(100, 50, 100), UP), false);
  assert.equal(isConfirmed(sandwich(100, 50, 100), { ratio: 0.5, low: 0.4, high: 0.6 }), true);
});

test('what ran for the audit is counted, and not among the boots that were timed', () => {
  const record = recordOf(100, 200, 100);
  assert.deepEqual(sandwichOf(record, NAMES).besides, []);
  const audits = record.entries.slice(0, 3).map((entry) => {
    const trial = `audit-${entry.trial}` as typeof entry.trial;
    return { ...entry, trial, purpose: 'audit', durationMs: 4000 } as const;
  });
  const found = sandwichOf({ ...record, entries: [...record.entries, ...audits] }, NAMES);
  assert.equal(found.trials, 18);
  assert.deepEqual(found.besides, [{ purpose: 'audit', trials: 3, hostTimeMs: 12_000 }]);
});

test('states that the audit found unlike are never confirmed', () => {
  assert.equal(isConfirmed({ ...sandwich(100, 200, 100), unlikeStates: true }, UP), false);
});

test('a change that drift at one end of the blocks could make is not confirmed', () => {
  assert.equal(isConfirmed(sandwich(100, 150, 104), UP), true);
  // The middle of 100 and 200 is 141, and half of the drift is 41 %.
  assert.equal(isConfirmed(sandwich(100, 180, 200), UP), false);
});

test('the report of the six blocks decides the pair too, with the same numbers', () => {
  const record = recordOf(100, 180, 103);
  const report = analyseSweep(record);
  assert.equal(report.judging.family, 1, 'the good kernel against itself is no comparison');
  const cell = report.rows[0]?.metrics[0]?.cells[1];
  assert.equal(cell?.judgement?.verdict, 'slower');
  assert.equal(report.rows[0]?.noiseFloor?.kind, 'a-a');
  const { effect } = sandwichOf(record, NAMES);
  assert(cell.comparison.kind === 'compared' && effect !== undefined);
  assert.ok(Math.abs(cell.comparison.ratio.ratio - effect.ratio) < 1e-9);
  const { interval } = cell.comparison.ratio;
  assert(interval.method !== 'none');
  assert.ok(
    Math.abs(interval.low - effect.low) < 1e-9 && Math.abs(interval.high - effect.high) < 1e-9,
  );
});
