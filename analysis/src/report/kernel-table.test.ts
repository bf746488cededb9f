// SPDX-License-Identifier: Apache-2.0
/** How many kernels stand side by side: as many as the page takes, and never more than three. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from '../analyse-sweep.js';
import { buildRecord } from '../testing/record-builder.js';
import { plainSweep, qemuRow } from '../testing/sample-records.js';
import { renderKernelTable } from './kernel-table.js';

const KERNELS = ['k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7'];

/** The kernels of each stacked block, when every cell holds this text. */
function stacks(text: string): string[][] {
  const options = plainSweep({ rows: [qemuRow(1, { kernels: KERNELS })], baseline: 'k1' });
  const report = analyseSweep(buildRecord(options));
  const lines = renderKernelTable(report, { metric: report.primary, cellText: () => [text] });
  return lines
    .filter((line) => line.startsWith('environment'))
    .map((line) => line.split(/\s+/).slice(3));
}

test('three kernels stand side by side although the page had room for all', () => {
  assert.deepEqual(stacks('1'), [['k1', 'k2', 'k3'], ['k4', 'k5', 'k6'], ['k7']]);
});

test('wide cells leave room for fewer', () => {
  assert.deepEqual(stacks('x'.repeat(25)), [['k1', 'k2'], ['k3', 'k4'], ['k5', 'k6'], ['k7']]);
  assert.equal(stacks('x'.repeat(50)).length, 7);
});

test('rows of different kernels do not share columns', () => {
  const rows = [qemuRow(1), qemuRow(2), qemuRow(1, { id: 'native', kernels: ['host'] })];
  const report = analyseSweep(buildRecord(plainSweep({ rows })));
  const lines = renderKernelTable(report, { metric: report.primary, cellText: () => ['1'] });
  const headers = lines.filter((line) => line.startsWith('environment'));
  assert.deepEqual(
    headers.map((line) => line.split(/\s+/).slice(3)),
    [['v6.12', 'v6.16', 'v6.17'], ['host']],
  );
});
