// SPDX-License-Identifier: Apache-2.0
/** What a row says of its machines: boot, placement, overcommit and stolen time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from './analyse-sweep.js';
import { renderLiveTable } from './report/render-live-table.js';
import { renderText } from './report/render-text.js';
import type { Report } from './report-model.js';
import type { RowStatus } from './row-status.js';
import { buildRecord } from './testing/record-builder.js';
import type { RecordRow } from './testing/record-options.js';
import { plainSweep, qemuRow } from './testing/sample-records.js';

function report(change: Partial<RecordRow>): Report {
  return analyseSweep(buildRecord(plainSweep({ rows: [qemuRow(4, change)] })));
}

function statusOf(change: Partial<RecordRow>): RowStatus {
  const [row] = report(change).rows;
  assert.ok(row !== undefined);
  return row.status;
}

type Tell = NonNullable<RecordRow['told']>;

const facts =
  (all: Record<string, string>): Tell =>
  () => ({ facts: all });

const nativeRow: Partial<RecordRow> = { id: 'native-smp4', asked: 'native', ran: 'native' };

test('more vCPUs than CPUs mark the row and make it supporting', () => {
  const told = facts({ overcommit: '4/2' });
  const status = statusOf({ told });
  assert.deepEqual(status.reasons, ['!overcommit: 4 vCPUs on 2 CPUs']);
  assert.deepEqual(status.marks, ['!overcommit']);
  assert.match(renderText(report({ told })), /\n!overcommit +/);
  assert.equal(renderLiveTable(report({ told })).join('\n').includes('!overcommit'), false);
});

test('a guest that has its CPUs is not marked', () => {
  const status = statusOf({ told: facts({ overcommit: 'none', boot_trims: 'none' }) });
  assert.deepEqual([status.kind, status.remarks, status.marks], ['clean', [], []]);
});

test('CPU features that QEMU left out are remarked on, by kernel where they differ', () => {
  const none = statusOf({ told: facts({ cpu_features_dropped: 'none' }) });
  assert.deepEqual(none.remarks, []);
  const same = statusOf({ told: facts({ cpu_features_dropped: 'hle rtm' }) });
  assert.deepEqual(same.remarks, ['CPU features that QEMU left out: hle rtm']);
  assert.equal(same.kind, 'clean');
  const differing = statusOf({
    told: (kernel) => ({ facts: { cpu_features_dropped: kernel === 'v6.12' ? 'rtm' : 'none' } }),
  });
  assert.match(differing.remarks[0] ?? '', /QEMU left out: .*rtm \(v6\.12\)/);
  assert.match(differing.reasons.join(), /second factor: CPU features that QEMU left out /);
});

test('the boot path is remarked on, and trims with what they may do', () => {
  const told = facts({ boot_path: 'fast', boot_protocol: 'pvh', boot_trims: 'mitigations-off' });
  const status = statusOf({ told });
  assert.equal(status.kind, 'clean');
  assert.deepEqual(status.remarks, [
    'boot fast',
    'boot trims mitigations-off, which may change what is measured',
  ]);
});

test('a kernel that boots in another way than the others of its row is named', () => {
  const told: Tell = (kernel) => ({
    facts: { boot_path: 'fast', boot_protocol: kernel === 'v6.12' ? 'bzimage' : 'pvh' },
  });
  const [, protocol] = statusOf({ told }).remarks;
  assert.match(protocol ?? '', /^boot protocol .*bzimage \(v6\.12\)/);
  assert.match(protocol ?? '', /pvh \(v6\.1[67], v6\.1[67]\)/);
});

test('settings of a guest that are not the default are remarked on', () => {
  const guest = { machine: 'microvm', cpuModel: 'Skylake-Server', numaNodes: 2 } as const;
  assert.deepEqual(statusOf({ guest }).remarks, [
    'machine microvm',
    'CPU model Skylake-Server',
    '2 NUMA nodes',
  ]);
  assert.deepEqual(statusOf({ guest: { hugePages: true, preallocate: true } }).remarks, [
    'memory on huge pages',
  ]);
});

test('a native row says how its CPUs were kept to it', () => {
  const told = facts({ smp_by: 'affinity', core_class: 'performance' });
  const native = { scheduler: 'fifo:50', cpus: '2-5', numaNode: 0 };
  assert.deepEqual(statusOf({ ...nativeRow, told, native }).remarks, [
    'SMP by affinity: the other CPUs stayed online',
    'core class performance',
    'scheduler fifo:50',
    'pinned to CPUs 2-5',
    'bound to NUMA node 0',
  ]);
  const plain = statusOf({ ...nativeRow, told: facts({ smp_by: 'offline', core_class: 'any' }) });
  assert.deepEqual(plain.remarks, ['SMP by taking the other CPUs offline']);
});

test('stolen time above the limit is a reason, with its share of all CPUs', () => {
  const stolen = (ticks: number) =>
    facts({
      steal_ticks_start: '100',
      steal_ticks_end: String(100 + ticks),
      uptime_ms_at_start: '500',
      uptime_ms_at_end: '10500',
      online_cpus: '4',
    });
  // 10 s on 4 CPUs are 4000 ticks.
  assert.deepEqual(statusOf({ told: stolen(40) }).reasons, []);
  assert.deepEqual(statusOf({ told: stolen(80) }).reasons, [
    "up to 2.0% of the CPUs' time was stolen from 9 trials (limit 1%)",
  ]);
});

test('a guest that does not tell its stolen time is not blamed', () => {
  const told = facts({ steal_ticks_start: 'absent', steal_ticks_end: '900' });
  assert.deepEqual(statusOf({ told }).reasons, []);
});

test('what the rest of a row waits for stands in its status', () => {
  const record = buildRecord(plainSweep({ entriesMax: 4, state: 'interrupted' }));
  const reason = 'waits for box1 to boot 6.17.13 (it runs 6.1.0-44-amd64)';
  const [row] = record.plan.rows;
  assert.ok(row !== undefined);
  const made = analyseSweep({ ...record, waiting: [{ row: row.id, reason }] });
  assert.ok(made.rows[0]?.status.reasons.includes(`waiting: ${reason}`));
  assert.equal(
    made.rows[1]?.status.reasons.some((each) => each.startsWith('waiting')),
    false,
  );
  assert.ok(renderText(made).replaceAll(/\s+/g, ' ').includes(reason));
});

test('warnings around trials are counted by kind in one note, and change no status', () => {
  const hygiene = (warnings: string[]) => ({
    mode: 'observe' as const,
    before: {},
    after: {},
    warnings,
    disturbances: [],
  });
  const told: Tell = (kernel, repetition) => ({
    hygiene: hygiene(
      kernel === 'v6.12' ? [] : [`load ${repetition}.5 from others`, 'load 9 from others'],
    ),
  });
  const { notes, rows } = report({ told });
  const [note, ...others] = notes.filter((each) => each.startsWith('Host hygiene'));
  assert.match(
    note ?? '',
    /^Host hygiene \(observe\): 6 of 9 trials with warnings: load \d\.5 from others \(6\)/,
  );
  assert.deepEqual(others, []);
  assert.equal(rows[0]?.status.kind, 'clean');
});
