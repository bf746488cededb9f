// SPDX-License-Identifier: Apache-2.0
/** Which rows stand side by side, which kernels match, and what the report says of effects. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from './analyse-sweep.js';
import type { SideBySide } from './native-virtual.js';
import { renderText } from './report/render-text.js';
import type { SweepRecord } from './sweep-record.js';
import { buildRecord } from './testing/record-builder.js';
import type { RecordOptions, RecordRow, ValuePlace } from './testing/record-options.js';
import { qemuRow } from './testing/sample-records.js';

const METRIC = { name: 'ns', unit: 'ns/page', direction: 'lower', meaning: '' } as const;
const KERNELS = ['v6.16', 'v6.17'];

function nativeRow(change: Partial<RecordRow> = {}): RecordRow {
  return { id: 'native-smp1', asked: 'native', ran: 'native', smp: 1, kernels: KERNELS, ...change };
}

/** Medians by environment and kernel; repetitions lie 1 % around them. */
type Levels = Readonly<Record<'native' | 'qemu', Readonly<Record<string, number>>>>;

const FOUNDING: Levels = {
  native: { 'v6.16': 25, 'v6.17': 37 },
  qemu: { 'v6.16': 230, 'v6.17': 488 },
};

/** A value drifts by repetition, and a little less with some kernels than with others. */
function valueAt({ row, kernel, repetition }: ValuePlace, levels: Levels): number {
  const level = levels[row.startsWith('native') ? 'native' : 'qemu'][kernel] ?? 30;
  return level * (1 + 0.01 * ((repetition % 3) - 1) + 0.001 * ((repetition * kernel.length) % 4));
}

function record(levels: Levels, change: Partial<RecordOptions> = {}): SweepRecord {
  return buildRecord({
    seed: 1,
    hostsMax: 1,
    rows: [qemuRow(1, { kernels: KERNELS, ran: 'qemu-kvm' }), nativeRow()],
    repetitions: 6,
    baseline: 'v6.16',
    metrics: [METRIC],
    values: (place) => ({ ns: valueAt(place, levels) }),
    ...change,
  });
}

function sides(levels: Levels, change?: Partial<RecordOptions>): SideBySide {
  return analyseSweep(record(levels, change)).sideBySide;
}

function flat(levels: Levels, change?: Partial<RecordOptions>): string {
  return renderText(analyseSweep(record(levels, change))).replaceAll(/\s+/g, ' ');
}

test('the guest and the bare machine agree on the direction and differ in size', () => {
  assert.match(
    flat(FOUNDING),
    /ns: the guest shows \+112% \[[^\]]+\], native \+48% \[[^\]]+\]: same direction, size differs 2\.3x/,
  );
});

test('one kernel in both environments has levels and a ratio, and no effect', () => {
  const kernels = ['v6.17'];
  const text = flat(FOUNDING, {
    baseline: 'v6.17',
    rows: [qemuRow(1, { kernels, ran: 'qemu-kvm' }), nativeRow({ kernels })],
  });
  assert.match(text, /only \S+ ran in both environments/);
  assert.match(text, /13\.2x/);
  assert.doesNotMatch(text, /effect of|undefined/);
  // A native trial has what its host has, so there is no memory to tell.
  assert.doesNotMatch(text, /\b0 MiB/);
});

test('levels have their ratio with an interval, kernel by kernel', () => {
  const [pair] = sides(FOUNDING).pairs;
  const [level] = pair?.metrics[0]?.levels ?? [];
  assert.equal(level?.label, '6.16.0-test');
  assert.equal(level?.ratio?.ratio.toFixed(1), '9.2');
  assert.ok(level?.ratio !== undefined && level.ratio.low < 9.2 && level.ratio.high > 9.2);
});

test('each way in which two effects can stand to each other is said', () => {
  const effect = (native: number, qemu: number): string | undefined => {
    const levels = {
      native: { 'v6.16': 25, 'v6.17': native },
      qemu: { 'v6.16': 230, 'v6.17': qemu },
    };
    return sides(levels).pairs[0]?.metrics[0]?.effects[0]?.agreement.kind;
  };
  assert.equal(effect(37, 340), 'same-direction');
  assert.equal(effect(37, 115), 'opposite-directions');
  assert.equal(effect(25, 488), 'virtual-only');
  assert.equal(effect(37, 230), 'native-only');
  assert.equal(effect(25, 230), 'neither');
});

test('effects of one size are said to be so', () => {
  const levels = { native: { 'v6.16': 25, 'v6.17': 37 }, qemu: { 'v6.16': 250, 'v6.17': 370 } };
  assert.match(flat(levels), /same direction, no clear difference in size/);
});

test('a host kernel is the image of the same release, and another release is another kernel', () => {
  const rows = [
    qemuRow(1, { kernels: ['running'], ran: 'qemu-kvm' }),
    nativeRow({ kernels: ['host'] }),
  ];
  const same = { running: '6.1.0-44-amd64' };
  const [pair] = sides(FOUNDING, { rows, releases: same, baseline: 'host' }).pairs;
  assert.deepEqual(
    pair?.matches.map(({ label, native, virtual }) => [label, native, virtual]),
    [['6.1.0-44-amd64', 'host', 'running']],
  );
  const text = flat(FOUNDING, { rows, releases: { running: '6.1.0-45-amd64' }, baseline: 'host' });
  assert.match(text, /no kernel ran in both environments: these are levels of different kernels/);
});

test('a patched kernel of the same release is told from its parent by name', () => {
  const kernels = ['v6.16', 'patched'];
  const rows = [qemuRow(1, { kernels, ran: 'qemu-kvm' }), nativeRow({ kernels })];
  const releases = { 'v6.16': '6.16.12', patched: '6.16.12' };
  const [pair] = sides(FOUNDING, { rows, releases }).pairs;
  assert.deepEqual(
    pair?.matches.map(({ native, virtual }) => [native, virtual]),
    [
      ['v6.16', 'v6.16'],
      ['patched', 'patched'],
    ],
  );
  const host = { rows: [rows[0] as RecordRow, nativeRow({ kernels: ['host'] })] };
  const ambiguous = sides(FOUNDING, { ...host, releases: { ...releases, host: '6.16.12' } });
  assert.deepEqual(ambiguous.pairs[0]?.matches, []);
});

test('rows of another CPU count, scenario or class of host are not put side by side', () => {
  const rows = [qemuRow(2, { kernels: KERNELS }), nativeRow()];
  assert.deepEqual(sides(FOUNDING, { rows }), { pairs: [], apart: [] });
  const apart = sides(FOUNDING, { hostsMax: 2, repetitions: 1 });
  assert.equal(apart.pairs.length, 0);
  assert.deepEqual(apart.apart[0]?.nativeClasses, ['AMD EPYC 7763 64-Core Processor']);
});

test('two boxes of one class count as one, two classes never meet', () => {
  // A third row, so that every row comes to both hosts.
  const first = [qemuRow(1, { kernels: KERNELS, ran: 'qemu-kvm' }), nativeRow()];
  const options = { hostsMax: 2, rows: [...first, qemuRow(2, { kernels: KERNELS })] };
  assert.deepEqual(
    sides(FOUNDING, options).pairs.map(({ nativeHosts }) => nativeHosts),
    [['box2'], ['box1']],
  );
  const made = record(FOUNDING, options);
  const facts = { cpu_model: 'one model', cpu_threads: '28', microcode: 'absent' };
  const hosts = made.hosts.map((host) => ({ ...host, facts }));
  const [pair, ...others] = analyseSweep({ ...made, hosts }).sideBySide.pairs;
  assert.equal(pair?.hostClass, 'one model, 28 threads');
  assert.deepEqual(others, []);
});

test('state that is not the same in the guest leaves its levels without a ratio', () => {
  const told = (pages: number) => () => ({ line: { anon_huge_pages_kb_after: pages } });
  const rows = [qemuRow(1, { kernels: KERNELS, told: told(0) }), nativeRow({ told: told(2048) })];
  const [pair] = sides(FOUNDING, { rows }).pairs;
  assert.deepEqual(
    pair?.metrics[0]?.levels.map(({ ratio }) => ratio),
    [undefined, undefined],
  );
  assert.equal(pair?.metrics[0]?.effects[0]?.agreement.kind, 'same-direction');
  assert.match(
    flat(FOUNDING, { rows }),
    /levels of 6\.17\.0-test not comparable: AnonHugePages after 0 kB in the guest, 2048 kB nat/,
  );
});

test('an effect over kernels of different state is no effect', () => {
  const told = (kernel: string) => ({ line: { vma_count_after: kernel === 'v6.17' ? 2 : 1 } });
  const rows = [qemuRow(1, { kernels: KERNELS, told }), nativeRow()];
  const [pair] = sides(FOUNDING, { rows }).pairs;
  assert.equal(pair?.metrics[0]?.effects[0]?.agreement.kind, 'unknown');
  assert.match(flat(FOUNDING, { rows }), /the guest shows nothing comparable \(state differs\), n/);
});

test('simulated rows are never put beside real ones', () => {
  const rows = [qemuRow(1, { kernels: KERNELS, ran: 'scripted' }), nativeRow()];
  assert.deepEqual(sides(FOUNDING, { rows }), { pairs: [], apart: [] });
});
