// SPDX-License-Identifier: Apache-2.0
/** What stands in cells: above all, never a percentage without its interval. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from '../analyse-sweep.js';
import type { ReportRow } from '../report-model.js';
import { buildRecord } from '../testing/record-builder.js';
import type { RecordOptions } from '../testing/record-options.js';
import { plainSweep, statedSweep } from '../testing/sample-records.js';
import { compactCellText, fullCellText } from './cell-text.js';
import type { KernelCell } from './kernel-table.js';

function kernelCells({ metrics, trialsByKernel }: ReportRow): KernelCell[] {
  return (metrics[0]?.cells ?? []).map((cell, index) => {
    const trials = trialsByKernel[index];
    assert.ok(trials !== undefined);
    return { cell, trials, decimals: 1 };
  });
}

/** The cells of the first row, each by both functions. */
function texts(options: RecordOptions): { full: string[]; compact: string[] }[] {
  const [row] = analyseSweep(buildRecord(options)).rows;
  assert.ok(row !== undefined);
  return kernelCells(row).map((cell) => ({
    full: fullCellText(cell),
    compact: compactCellText(cell),
  }));
}

test('a clear difference shows percent, direction, factor and interval', () => {
  const [a, b] = [
    [100, 200, 100, 100, 100, 100],
    [210, 424, 212, 212, 212, 214],
  ];
  const [baseline, kernel] = texts(statedSweep({ a, b }));
  assert.equal(baseline?.full[2], 'baseline');
  assert.match(kernel?.full[1] ?? '', /^\[\d+\.\d, \d+\.\d\]$/);
  assert.equal(kernel?.full[2], '112.0% slower 2.12x');
  assert.match(kernel?.full[3] ?? '', /^\[1\d\d\.\d, 1\d\d\.\d\]$/);
  assert.match(kernel?.compact[1] ?? '', /^\+112% \[\+1\d\d, \+1\d\d\]$/);
});

test('a change that is not decided shows its interval, and how many more blocks it takes', () => {
  const [, few] = texts(statedSweep({ a: [100, 200, 100], b: [210, 424, 212] }));
  assert.equal(few?.full[2], 'too few (+3 blocks)');
  assert.match(few?.full[3] ?? '', /^\+11\d% \[\+1\d\d, \+1\d\d\]$/);
  const [a, b] = [
    [100, 100, 100, 100, 100, 100],
    [99, 100, 103, 101, 104, 100],
  ];
  const [, undecided] = texts(statedSweep({ a, b }));
  assert.match(undecided?.full[2] ?? '', /^undecided \(\+\d+ blocks\)$/);
  assert.match(undecided?.full[3] ?? '', /^~ \[-\d\.\d, \+\d\.\d\]$/);
});

test('an unclear difference shows no percentage of its own', () => {
  const [, kernel] = texts(statedSweep({ a: [100, 100, 100], b: [99, 100, 101] }));
  assert.equal(kernel?.full[2], 'too few (+3 blocks)');
  assert.equal(kernel?.full[3], '~ [-2.5, +2.5]');
  assert.equal(kernel?.compact[1], '~ [-2.5, +2.5]');
});

test('one block pair is told once, with neither percentage nor factor', () => {
  const [, kernel] = texts(statedSweep({ a: [100], b: [212] }));
  assert.deepEqual(kernel?.full, ['212.0', 'n=1, no interval']);
  assert.deepEqual(kernel?.compact, ['212.0', 'n=1, no interval']);
});

test('several values of which only one has a partner keep their own interval', () => {
  const [, kernel] = texts(statedSweep({ a: [100], b: [212, 213, 214] }));
  assert.match(kernel?.full[1] ?? '', /^\[/);
  assert.equal(kernel?.full[2], 'n=1, no interval');
});

test('a baseline of 0, or a value below it, gives no ratio, and says so', () => {
  for (const values of [
    { a: [0, 0], b: [1, 1] },
    { a: [1, 1], b: [-5, -5] },
  ]) {
    const [, kernel] = texts(statedSweep(values));
    assert.equal(kernel?.full[2], 'no ratio: not positive');
  }
});

test('partial cells show n/N, provisional ones a star, failed trials their number', () => {
  const failures = [
    {
      trial: 'qemu-smp1/r1/v6.12',
      attempt: 1,
      status: 'subject-failed',
      class: 'panic',
      message: 'panic',
    } as const,
  ];
  const [first] = texts(plainSweep({ failures }));
  assert.match(first?.full[0] ?? '', /^\d+\.\d 2\/3$/);
  assert.equal(first?.full.at(-1), '1 of 3 failed');
  const running = texts(plainSweep({ entriesMax: 7, state: 'running' }));
  assert.equal(
    running.filter(({ compact }) => /^\d+\.\d 2\/3\*$/.test(compact[0] ?? '')).length,
    1,
  );
});

test(`wherever a percentage stands, its interval stands too (seeds 1 to 60)`, () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const options = plainSweep({ seed, repetitions: 1 + (seed % 7), state: 'running' });
    const record = buildRecord({ ...options, entriesMax: 1 + ((seed * 5) % 40) });
    for (const cell of analyseSweep(record).rows.flatMap(kernelCells)) {
      for (const text of [fullCellText(cell), compactCellText(cell)]) {
        const at = text.findIndex((line) => line.includes('%'));
        if (at < 0) continue;
        assert.match(`${text[at]} ${text[at + 1] ?? ''}`, /% .*\[.+, .+\]/, `seed ${seed}`);
      }
    }
  }
});
