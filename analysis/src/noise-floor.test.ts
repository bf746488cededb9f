// SPDX-License-Identifier: Apache-2.0
/** The floor is measured where the baseline ran twice, and reckoned where it did not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from './analyse-sweep.js';
import { buildRecord } from './testing/record-builder.js';
import type { RecordOptions } from './testing/record-options.js';

function rowOf(options: Partial<RecordOptions> = {}) {
  const record = buildRecord({
    seed: 7,
    baseline: 'v6.16',
    repetitions: 8,
    rows: [
      {
        id: 'qemu-smp1',
        asked: 'qemu',
        ran: 'qemu-tcg',
        smp: 1,
        kernels:
          options.again === undefined ? ['v6.16', 'v6.17'] : ['v6.16', 'v6.17', options.again],
      },
    ],
    ...options,
  });
  const report = analyseSweep(record);
  const [row] = report.rows;
  assert(row);
  return { report, row };
}

test('without a second turn the floor is reckoned from the spread of the ratios', () => {
  const { row } = rowOf();
  assert.equal(row.noiseFloor?.kind, 'spread');
  assert.ok((row.noiseFloor?.fraction ?? 1) < 0.03, String(row.noiseFloor?.fraction));
  assert.equal(row.again, undefined);
});

test('a second turn of the baseline is the floor, and no kernel of the table', () => {
  const values = ({ kernel, repetition }: { kernel: string; repetition: number }) => {
    const noise = ((repetition * 7) % 5) - 2;
    const level = kernel === 'v6.17' ? 200 : 100;
    return { iteration_ns_per_page: level + (kernel === 'v6.16.again' ? noise : 0) };
  };
  const { report, row } = rowOf({ again: 'v6.16.again', values });
  assert.deepEqual(row.kernels, ['v6.16', 'v6.17']);
  assert.deepEqual(
    report.head.kernels.map(({ name }) => name),
    ['v6.16', 'v6.17'],
  );
  assert.equal(row.metrics[0]?.cells.length, 2);
  assert.equal(row.noiseFloor?.kind, 'a-a');
  const fraction = row.noiseFloor?.fraction ?? 0;
  assert.ok(fraction > 0.005 && fraction < 0.025, String(fraction));
  assert.equal(row.metrics[0]?.cells[1]?.judgement?.verdict, 'slower');
  assert.equal(
    report.judging.family,
    1,
    'the baseline against itself is no comparison of the report',
  );
});

test('a baseline that clearly differs from itself makes its row supporting', () => {
  const values = ({ kernel, repetition }: { kernel: string; repetition: number }) => ({
    iteration_ns_per_page: (kernel === 'v6.16.again' ? 110 : 100) + repetition * 0.1,
  });
  const { row } = rowOf({ again: 'v6.16.again', values });
  assert.equal(row.status.kind, 'supporting');
  assert.ok(
    row.status.reasons.some((reason) => /baseline differs from itself by \+10\.0%/.test(reason)),
  );
  const verdict = row.metrics[0]?.cells[1]?.judgement?.verdict;
  assert.equal(verdict, 'undecided', 'no change at all is below a floor of that height');
});
