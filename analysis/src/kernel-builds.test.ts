// SPDX-License-Identifier: Apache-2.0
/**
 * What a report says of how its kernels were built, from what was recorded and what trials told.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigDifferences, KernelConfig, KernelName, Sha256 } from '@labsweep/proto';
import { analyseSweep } from './analyse-sweep.js';
import type { Report } from './report-model.js';
import { buildRecord } from './testing/record-builder.js';
import type { RecordOptions, Told } from './testing/record-options.js';
import { plainSweep, qemuRow } from './testing/sample-records.js';

const [OLD, NEW] = ['1', '2'].map((digit) => digit.repeat(64) as Sha256) as [Sha256, Sha256];
const NONE: Omit<ConfigDifferences, 'against'> = {
  changedCount: 0,
  addedCount: 0,
  removedCount: 0,
  options: [],
};

function config(sha256: Sha256, differences?: Partial<ConfigDifferences>): KernelConfig {
  if (differences === undefined) return { sha256, sizeBytes: 1 };
  const against = 'v6.12' as KernelName;
  return { sha256, sizeBytes: 1, differences: { ...NONE, against, ...differences } };
}

const builtBy = (compiler: string): Told => ({
  facts: { kernel_banner: `Linux version 6.1 (me@box) (${compiler}, GNU ld 2.44) #1 SMP` },
});

/** Kernels v6.12 (the baseline), v6.16 and v6.17 in guests, three times each. */
function report(
  options: Partial<RecordOptions>,
  told: (kernel: string) => Told = () => builtBy('gcc (GCC) 15.2.0'),
): Report {
  const rows = [qemuRow(1, { told })];
  return analyseSweep(buildRecord(plainSweep({ rows, baseline: 'v6.12', ...options })));
}

const allWith = (kernel: KernelConfig) => ({ 'v6.12': kernel, 'v6.16': kernel, 'v6.17': kernel });

test('one configuration and one compiler are one sentence', () => {
  const { head, notes, rows } = report({ configs: allWith(config(OLD)) });
  assert.deepEqual(head.kernelBuilds, ['same config (sha256 111111111111), gcc 15.2.0']);
  assert.deepEqual(
    head.kernels.map(({ config: own, compiler }) => [own?.sha256, compiler]),
    Array(3).fill([OLD, 'gcc 15.2.0']),
  );
  assert.equal(rows[0]?.status.kind, 'clean');
  assert.ok(!notes.some((note) => note.startsWith('Besides their source')));
});

test('what differs from the baseline is counted and named, and is a note between releases', () => {
  const differences = {
    changedCount: 2,
    addedCount: 3,
    removedCount: 1,
    options: ['A y -> n', 'B 1 -> 2', '+C y', '+D y', '+E m', '-F y'],
  };
  const configs = { ...allWith(config(OLD)), 'v6.17': config(NEW, differences) };
  const { head, notes, rows } = report({ configs }, (kernel) =>
    builtBy(kernel === 'v6.16' ? 'gcc (GCC) 14.2.0' : 'gcc (GCC) 15.2.0'),
  );
  assert.deepEqual(head.kernelBuilds, [
    'config of v6.16 is that of v6.12',
    "config of v6.17 differs from v6.12's in options: 2 changed, 3 not in v6.12, 1 only in v6.12 " +
      '(A y -> n, B 1 -> 2, +C y, +D y, ...)',
    'compilers differ: gcc 15.2.0 (v6.12, v6.17), gcc 14.2.0 (v6.16)',
  ]);
  const note = notes.find((each) => each.startsWith('Besides their source')) ?? '';
  assert.match(note, /differ from v6\.12 in configuration \(v6\.17\) and compiler \(v6\.16\)/);
  assert.deepEqual(rows[0]?.status.reasons, []);
});

test('two builds of one release with other options or another compiler have a second factor', () => {
  const releases = { 'v6.12': '6.12.1', 'v6.16': '6.17.1', 'v6.17': '6.17.1' };
  const changed = { changedCount: 1, options: ['A y -> n'] };
  const configs = { ...allWith(config(OLD)), 'v6.17': config(NEW, changed) };
  const { rows, notes } = report({ configs, releases }, (kernel) =>
    builtBy(kernel === 'v6.17' ? 'clang version 19.1.7' : 'gcc (GCC) 15.2.0'),
  );
  assert.deepEqual(rows[0]?.status.reasons, [
    'second factor: kernel config 111111111111 (v6.16), 222222222222 (v6.17)',
    'second factor: kernel compiler gcc 15.2.0 (v6.16), clang 19.1.7 (v6.17)',
  ]);
  assert.ok(notes.some((note) => note.startsWith('Besides their source')));
});

test('a configuration that only names another release is the same one', () => {
  const releases = { 'v6.12': '6.17.1', 'v6.16': '6.17.1', 'v6.17': '6.17.1' };
  const configs = { ...allWith(config(OLD)), 'v6.17': config(NEW, {}) };
  const { head, rows, notes } = report({ configs, releases });
  assert.deepEqual(rows[0]?.status.reasons, []);
  assert.equal(
    head.kernelBuilds[1],
    'config of v6.17 is that of v6.12 but for what names release and tools',
  );
  assert.ok(!notes.some((note) => note.startsWith('Besides their source')));
});

test('what nobody told is unknown, and nothing is compared with it', () => {
  const silent = report({}, () => ({}));
  assert.deepEqual(silent.head.kernelBuilds, ['config and compiler not known']);
  const { head, notes } = report(
    { configs: { 'v6.16': config(OLD), 'v6.17': config(NEW) } },
    (kernel) => (kernel === 'v6.12' ? {} : builtBy('gcc (GCC) 15.2.0')),
  );
  assert.deepEqual(head.kernelBuilds, [
    'configs differ: 111111111111 (v6.16), 222222222222 (v6.17)',
    'config not known of v6.12',
    'compiler not known of v6.12',
  ]);
  assert.ok(!notes.some((note) => note.startsWith('Besides their source')));
});

test('a native trial tells the configuration of a kernel that was resolved without', () => {
  const hygiene = (sha256: string): Told => ({
    hygiene: {
      mode: 'observe',
      before: { kernel_config_sha256: sha256 },
      after: {},
      warnings: [],
      disturbances: [],
    },
  });
  const row = { id: 'native-smp1', asked: 'native', ran: 'native', smp: 1 } as const;
  const headOf = (told: (kernel: string, repetition: number) => Told) =>
    report({ rows: [{ ...row, kernels: ['v6.12', 'v6.16', 'v6.17'], told }] }).head;
  assert.deepEqual(
    headOf(() => hygiene(OLD)).kernels.map((kernel) => kernel.config),
    Array(3).fill({ sha256: OLD }),
  );
  const absent = headOf(() => hygiene('absent'));
  assert.deepEqual(absent.kernelBuilds, ['config and compiler not known']);
  // Two hosts that run kernels of one name need not run one kernel.
  const unlike = headOf((_, repetition) => hygiene(repetition === 1 ? OLD : NEW));
  assert.deepEqual(unlike.kernelBuilds, ['config and compiler not known']);
});
