// SPDX-License-Identifier: Apache-2.0
/**
 * Rows of the report: never pooled over environments, one per scenario, there before anything ran.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measuredTrials, rowViews } from './row-view.js';
import { buildRecord } from './testing/record-builder.js';
import { plainSweep, qemuRow } from './testing/sample-records.js';

test('a row that asked for qemu and got KVM here and TCG there becomes two rows', () => {
  const rows = [qemuRow(1, { ran: (repetition) => (repetition === 2 ? 'qemu-kvm' : 'qemu-tcg') })];
  const views = rowViews(buildRecord(plainSweep({ rows })));
  assert.deepEqual(
    views.map((view) => [view.environment, view.blocks.map((block) => block.planned.repetition)]),
    [
      ['qemu-tcg', [1, 3]],
      ['qemu-kvm', [2]],
    ],
  );
});

test('blocks that have not run yet stand in one of the environments, not in each', () => {
  const rows = [qemuRow(1, { ran: (repetition) => (repetition === 2 ? 'qemu-kvm' : 'qemu-tcg') })];
  const record = buildRecord(plainSweep({ rows, entriesMax: 6, state: 'interrupted' }));
  assert.deepEqual(
    rowViews(record).map((view) => view.blocks.length),
    [2, 1],
  );
});

test('a block that mixes environments by a fault of the lab is not pooled either', () => {
  const record = buildRecord(plainSweep({ rows: [qemuRow(1)] }));
  const entries = record.entries.map((entry, index) =>
    index === 0 ? { ...entry, environment: 'qemu-kvm' as const } : entry,
  );
  const views = rowViews({ ...record, entries });
  const measured = views.map((view) =>
    view.blocks.flatMap((block) => measuredTrials(block, view.environment)),
  );
  assert.deepEqual(
    views.map((view, index) => [view.environment, measured[index]?.length]),
    [
      ['qemu-kvm', 1],
      ['qemu-tcg', 8],
    ],
  );
  for (const [index, view] of views.entries()) {
    assert.ok(measured[index]?.every((entry) => entry.environment === view.environment));
  }
});

test('each scenario has its own row', () => {
  const record = buildRecord(plainSweep({ scenarios: ['dirty', 'clean'] }));
  assert.deepEqual(
    rowViews(record).map((view) => `${view.planned.id} ${view.scenario}`),
    ['qemu-smp1 dirty', 'qemu-smp1 clean', 'qemu-smp2 dirty', 'qemu-smp2 clean'],
  );
});

test('before anything ran a row stands there with what the spec asked for', () => {
  const record = buildRecord(plainSweep({ entriesMax: 0, state: 'running' }));
  assert.deepEqual(
    rowViews(record).map((view) => [view.environment, view.scenario, view.blocks.length]),
    [
      ['qemu', '', 3],
      ['qemu', '', 3],
    ],
  );
});
