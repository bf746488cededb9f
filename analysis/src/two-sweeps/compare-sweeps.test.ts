// SPDX-License-Identifier: Apache-2.0
/**
 * Two sweeps side by side: a ratio stands only where the same thing was measured, and whatever
 * differs is named. Each test changes one thing in the second sweep.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KernelName, Sha256, SweepId } from '@labsweep/proto';
import { measuredRecord } from '../measurements/measured-record.js';
import type { SweepRecord } from '../sweep-record.js';
import { buildRecord } from '../testing/record-builder.js';
import type { RecordOptions } from '../testing/record-options.js';
import { plainSweep, qemuRow } from '../testing/sample-records.js';
import { type ComparedRow, compareSweeps } from './compare-sweeps.js';
import { renderComparison, renderComparisonJson } from './render-comparison.js';

const ONE_ROW = { rows: [qemuRow(1)], hostsMax: 1, repetitions: 6 };

function sweep(change: Partial<RecordOptions> = {}): SweepRecord {
  const record = buildRecord(plainSweep({ ...ONE_ROW, ...change }));
  const kernels = record.submitted.kernels.map((kernel, index) =>
    kernel.image === undefined
      ? kernel
      : { ...kernel, image: { ...kernel.image, sha256: String(index).repeat(64) as Sha256 } },
  );
  return { ...record, submitted: { ...record.submitted, kernels } };
}

function withWorkload(record: SweepRecord, change: object): SweepRecord {
  const { submitted } = record;
  return { ...record, submitted: { ...submitted, workload: { ...submitted.workload, ...change } } };
}

function withFacts(record: SweepRecord, facts: Record<string, string>): SweepRecord {
  const hosts = record.hosts.map((host) => ({ ...host, facts: { ...host.facts, ...facts } }));
  return { ...record, hosts };
}

function onlyRow(a: SweepRecord, b: SweepRecord): ComparedRow {
  const { rows } = compareSweeps(a, b);
  const [row] = rows;
  assert(row !== undefined && rows.length === 1);
  return row;
}

/** By kernel, for the primary metric. */
function ratiosOf({ metrics }: ComparedRow): Record<string, boolean> {
  const levels = metrics[0]?.levels ?? [];
  return Object.fromEntries(levels.map(({ kernel, ratio }) => [kernel.kernel, !!ratio]));
}

const ALL = { 'v6.12': true, 'v6.16': true, 'v6.17': true };
const NONE = { 'v6.12': false, 'v6.16': false, 'v6.17': false };

test('the same thing measured twice has ratios near 1 and effects that agree', () => {
  const row = onlyRow(sweep(), sweep({ seed: 2 }));
  assert.deepEqual(row.differences, []);
  assert.deepEqual(ratiosOf(row), ALL);
  for (const { ratio } of row.metrics[0]?.levels ?? []) {
    assert(ratio !== undefined);
    assert.ok(ratio.low > 0.8 && ratio.high < 1.25, JSON.stringify(ratio));
  }
  assert.deepEqual(row.reference, { a: 'v6.16', b: 'v6.16' });
  const step = row.metrics[0]?.effects.find(({ kernel }) => kernel.kernel === 'v6.17');
  assert.equal(step?.agreement.kind, 'same-direction');
  assert(step?.a?.kind === 'compared' && step.b?.kind === 'compared');
  assert.equal(step.a.ratios.length, 6);
  const text = renderComparison(compareSweeps(sweep(), sweep({ seed: 2 }))).replaceAll(/\s+/g, ' ');
  assert.match(text, /setup: no difference is known/);
  assert.match(text, /iteration_ns_per_page: A \+\d+% \[.*\], B \+\d+% \[.*\]: .*same direction/);
});

test('the ratio is that of the second sweep to the first', () => {
  const values = (ns: number) => () => ({ iteration_ns_per_page: ns });
  const row = onlyRow(sweep({ values: values(100) }), sweep({ values: values(150) }));
  const ratios = row.metrics[0]?.levels.map(({ ratio }) => ratio?.ratio.toFixed(6));
  assert.deepEqual(ratios, ['1.500000', '1.500000', '1.500000']);
});

test('another workload, its arguments, environment, or host class leaves no ratio', () => {
  const other = sweep({ seed: 2 });
  const { spec } = other;
  const kvm = qemuRow(1, { ran: 'qemu-kvm' });
  const cases = [
    ['workload sha256', withWorkload(other, { sha256: 'c'.repeat(64) })],
    ['workload arguments', { ...other, spec: withArguments(spec, ['--iterations', '7']) }],
    ['workload variables', { ...other, spec: withVariables(spec, { MALLOC_ARENA_MAX: '1' }) }],
    ['workload files', withWorkload(other, { files: [{ name: 'a', sha256: 'd'.repeat(64) }] })],
    ['environment', sweep({ seed: 2, rows: [kvm] })],
    ['host class', withFacts(other, { microcode: '0xbad' })],
  ] as const;
  for (const [factor, b] of cases) {
    const row = onlyRow(sweep(), b);
    assert.deepEqual(
      row.differences.map((each) => [each.factor, each.weight]),
      [[factor, 'identity']],
    );
    assert.deepEqual(ratiosOf(row), NONE, factor);
    // What each sweep saw inside its own blocks still stands.
    const kinds = row.metrics[0]?.effects.map(({ agreement }) => agreement.kind);
    assert.ok(kinds?.includes('same-direction'), factor);
    const text = renderComparison(compareSweeps(sweep(), b)).replaceAll(/\s+/g, ' ');
    assert.match(text, /a single factor differs; other things were measured: levels have no ratio/);
    assert.ok(text.includes(`${factor}: `), text);
  }
});

function withArguments(spec: SweepRecord['spec'], words: readonly string[]): SweepRecord['spec'] {
  return { ...spec, workload: { ...spec.workload, arguments: words } };
}

function withVariables(
  spec: SweepRecord['spec'],
  variables: Record<string, string>,
): SweepRecord['spec'] {
  return { ...spec, workload: { ...spec.workload, variables } };
}

test('a binary of another compiler names the compiler with it', () => {
  const compiler = 'gcc 14';
  const b = withWorkload(sweep({ seed: 2 }), { sha256: 'c'.repeat(64), compiler });
  const factors = onlyRow(sweep(), b).differences.map(({ factor, weight }) => [factor, weight]);
  assert.deepEqual(factors, [
    ['workload sha256', 'identity'],
    ['compiler', 'detail'],
  ]);
});

test('another setting of the row is named, and its ratio stands', () => {
  const b = sweep({ seed: 2, rows: [qemuRow(1, { memoryMib: 512 })] });
  const row = onlyRow(sweep(), b);
  assert.deepEqual(row.differences, [
    { factor: 'memory', a: '2048 MiB', b: '512 MiB', weight: 'setting' },
  ]);
  assert.deepEqual(ratiosOf(row), ALL);
  const two = sweep({
    seed: 2,
    rows: [qemuRow(1, { memoryMib: 512, guest: { cpuModel: 'Haswell' } })],
  });
  const text = renderComparison(compareSweeps(sweep(), two)).replaceAll(/\s+/g, ' ');
  assert.match(text, /2 factors differ, so none of them explains a change alone/);
});

test('a condition that both sides told is held against the other', () => {
  const told = (qemu: string) => () => ({ facts: { qemu_version: qemu } });
  const a = sweep({ rows: [qemuRow(1, { told: told('7.2') })] });
  const b = sweep({ seed: 2, rows: [qemuRow(1, { told: told('10.0') })] });
  assert.deepEqual(onlyRow(a, b).differences, [
    { factor: 'QEMU', a: '7.2', b: '10.0', weight: 'setting' },
  ]);
  assert.deepEqual(onlyRow(a, sweep({ seed: 2 })).differences, []);
});

test('a kernel of one name and another image has no ratio, and says what else it differs in', () => {
  const built = (digit: string, compiler: string): Partial<RecordOptions> => ({
    configs: { 'v6.17': { sha256: digit.repeat(64) as Sha256, sizeBytes: 1 } },
    rows: [
      qemuRow(1, {
        told: () => ({
          facts: { kernel_banner: `Linux version 6.1 (a@b) (gcc (GCC) ${compiler}, GNU ld 2) #1` },
        }),
      }),
    ],
  });
  const a = sweep(built('1', '14.2.0'));
  const b = sweep({ seed: 2, ...built('2', '15.2.0') });
  const kernels = b.submitted.kernels.map((kernel) =>
    kernel.name === 'v6.17' && kernel.image !== undefined
      ? { ...kernel, image: { ...kernel.image, sha256: 'f'.repeat(64) as Sha256 } }
      : kernel,
  );
  const changed = { ...b, submitted: { ...b.submitted, kernels } };
  const row = onlyRow(a, changed);
  assert.deepEqual(ratiosOf(row), { ...ALL, 'v6.17': false });
  assert.deepEqual(
    row.kernels.map(({ a: { kernel }, differences }) => [kernel, differences.map((e) => e.factor)]),
    [
      ['v6.12', []],
      ['v6.16', []],
      ['v6.17', ['kernel image', 'kernel config', 'kernel compiler']],
    ],
  );
  const text = renderComparison(compareSweeps(a, changed)).replaceAll(/\s+/g, ' ');
  assert.match(
    text,
    /v6\.17: not the same kernel in both.*kernel config: 1{12} in A, 2{12} in B.*gcc 15\.2\.0 in B/,
  );
});

test('a kernel is found by its image, whatever it is called', () => {
  const a = sweep();
  const b = sweep({ seed: 2, rows: [qemuRow(1, { kernels: ['old', 'v6.16', 'new'] })] });
  const row = onlyRow(a, b);
  assert.deepEqual(
    row.kernels.map((pair) => [pair.a.kernel, pair.b.kernel]),
    [
      ['v6.12', 'old'],
      ['v6.16', 'v6.16'],
      ['v6.17', 'new'],
    ],
  );
  assert.deepEqual(ratiosOf(row), ALL);
});

test('a workload whose state is not the same has no ratio', () => {
  const told = (mappings: string) => () => ({ line: { vma_count_after: Number(mappings) } });
  const a = sweep({ rows: [qemuRow(1, { told: told('1') })] });
  const b = sweep({ seed: 2, rows: [qemuRow(1, { told: told('16') })] });
  const row = onlyRow(a, b);
  assert.deepEqual(ratiosOf(row), NONE);
  assert.match(renderComparison(compareSweeps(a, b)), /the workload's state differs: /);
});

test('rows without a counterpart are named, and rows are paired by what is most alike', () => {
  const a = sweep({ rows: [qemuRow(1), qemuRow(2)] });
  const kvm = qemuRow(1, { id: 'kvm-smp1', ran: 'qemu-kvm' });
  const b = sweep({ seed: 2, rows: [kvm, qemuRow(1), qemuRow(4)] });
  const comparison = compareSweeps(a, b);
  assert.deepEqual(
    comparison.rows.map((row) => [row.a, row.b]),
    [['qemu-tcg smp 1', 'qemu-tcg smp 1']],
  );
  assert.deepEqual(comparison.onlyInA, ['qemu-tcg smp 2']);
  assert.deepEqual(comparison.onlyInB, ['qemu-kvm smp 1', 'qemu-tcg smp 4']);
  assert.match(renderComparison(comparison), /Only in A: qemu-tcg smp 2\n/);
});

test('hosts of two classes are two comparisons, and never pooled', () => {
  const { rows } = compareSweeps(sweep({ hostsMax: 2 }), sweep({ seed: 2, hostsMax: 2 }));
  assert.equal(rows.length, 2);
  assert.equal(new Set(rows.map(({ hostClass }) => hostClass)).size, 2);
  for (const { metrics } of rows) assert.equal(metrics[0]?.levels[0]?.a?.n, 3);
});

test('measurements of which nothing is known have effects and no ratio', () => {
  const lines = [1, 2, 3].flatMap((repetition) => [
    `old,ns,${100 + repetition},${repetition}`,
    `new,ns,${200 + repetition},${repetition}`,
  ]);
  const text = ['kernel,metric,value,repetition', ...lines].join('\n');
  const record = measuredRecord({
    text,
    fileName: 'm.csv',
    sha256: 'e'.repeat(64) as Sha256,
    sweep: 'm-1' as SweepId,
  });
  const row = onlyRow(record, record);
  const factors = row.differences.map(({ factor }) => factor);
  assert.deepEqual(factors, ['host class', 'workload sha256']);
  assert.equal(row.metrics[0]?.levels[0]?.ratio, undefined);
  assert.equal(row.metrics[0]?.effects[0]?.agreement.kind, 'same-direction');
});

test('a sweep beside itself says so, and one of the same spec at another time does not', () => {
  const a = sweep();
  const later = { ...a, submitted: { ...a.submitted, atMs: a.submitted.atMs + 1 } };
  assert.match(renderComparison(compareSweeps(a, a)), /A and B are one sweep/);
  assert.equal(compareSweeps(a, later).isOneSweep, false);
});

test('nothing leaves the page, and the JSON is a document of its schema', () => {
  const long = `${'a-long-kernel-name-'.repeat(6)}x`;
  const kernels = ['v6.16', long] as KernelName[];
  const options = { baseline: 'v6.16', rows: [qemuRow(1, { kernels }), qemuRow(2)], hostsMax: 2 };
  const comparison = compareSweeps(sweep(options), sweep({ ...options, seed: 2 }));
  for (const line of renderComparison(comparison).split('\n')) assert.ok(line.length <= 80, line);
  const parsed = JSON.parse(renderComparisonJson(comparison));
  assert.equal(parsed.schema, 'labsweep-comparison/1');
  assert.equal(parsed.rows.length, comparison.rows.length);
});
