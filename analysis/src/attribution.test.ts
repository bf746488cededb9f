// SPDX-License-Identifier: Apache-2.0
/** What was counted inside functions is shown by kernel, apart from all statistics. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FunctionProfile } from '@labsweep/proto';
import { analyseSweep } from './analyse-sweep.js';
import type { KernelAttribution } from './attribution.js';
import { renderText } from './report/render-text.js';
import type { Report } from './report-model.js';
import { buildRecord } from './testing/record-builder.js';
import type { RecordRow } from './testing/record-options.js';
import { plainSweep, qemuRow } from './testing/sample-records.js';

const FUNCTIONS = ['change_protection', 'mprotect_fixup'];

function counted(hits: number, timeUs: number): FunctionProfile {
  return { name: 'change_protection', hits, timeUs, method: 'function-profile' };
}

function report(told: RecordRow['told'] | undefined): Report {
  const row = qemuRow(1, {
    id: 'qemu-smp1-attribution',
    of: 'qemu-smp1',
    purpose: 'attribution',
    ...(told === undefined ? {} : { told }),
  });
  const record = buildRecord(plainSweep({ rows: [qemuRow(1), row] }));
  const attribution = { repetitions: 3, functions: FUNCTIONS };
  return analyseSweep({ ...record, spec: { ...record.spec, attribution } });
}

function first(told: RecordRow['told']): KernelAttribution | undefined {
  return report(told).rows[0]?.attribution[0];
}

test('hits and times are medians over the trials of a kernel', () => {
  const told: RecordRow['told'] = (_, repetition) => ({
    profile: [counted(2000, [100, 300, 200][repetition - 1] ?? 0)],
  });
  assert.deepEqual(first(told), {
    kernel: 'v6.12',
    trials: 3,
    functions: [{ name: 'change_protection', hits: 2000, timeUs: 200, method: 'function-profile' }],
    absent: ['mprotect_fixup'],
  });
});

test('the section says that nothing of it is in the statistics', () => {
  const text = renderText(report(() => ({ profile: [counted(2000, 150)] })));
  const plain = text.replaceAll(/\s+/g, ' ');
  assert.ok(plain.includes('trials of their own, which are not in the statistics'));
  assert.match(text, /v6\.17 +3 +change_protection +2000 +150\.0 +75 +function-profile/);
  assert.ok(plain.includes('not counted, since its tracer does not know them: mprotect_fixup'));
});

test('a kernel that cannot trace says why', () => {
  const told: RecordRow['told'] = () => ({
    profile: [],
    facts: { attribution: 'unavailable: no tracefs in this kernel' },
  });
  assert.equal(first(told)?.unavailable, 'no tracefs in this kernel');
  assert.match(renderText(report(told)), /v6\.12: unavailable, no tracefs in this kernel/);
  assert.match(first(() => ({}))?.unavailable ?? '', /no trial counted anything, or said why/);
});

test('long names leave the table for sentences that fit the page', () => {
  const name = 'a_function_of_the_kernel_with_a_name_that_is_far_too_long_for_a_table';
  const told: RecordRow['told'] = () => ({ profile: [{ ...counted(1, 2), name }] });
  const text = renderText(report(told));
  assert.ok(text.includes(name));
  assert.ok(text.split('\n').every((line) => line.length <= 80));
});

test('without attribution there is no section', () => {
  const text = renderText(analyseSweep(buildRecord(plainSweep())));
  assert.equal(text.includes('Attribution'), false);
});

test('events that a tracer lost are told, since counts are then too low', () => {
  const told: RecordRow['told'] = (_, repetition) => ({
    profile: [counted(2000, 150)],
    facts: repetition === 2 ? { attribution_lost_events: '77' } : {},
  });
  assert.equal(first(told)?.lostEvents, 77);
  assert.match(renderText(report(told)), /v6\.12: the tracer lost 77 events, so hits and times/);
});
