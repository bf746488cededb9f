// SPDX-License-Identifier: Apache-2.0
/**
 * Goal: whole numbers one step apart are no difference, in no number of a report, since rounding
 * alone may have made it. Method: 36 against 37 without any spread, in every place that compares.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Metric } from '@labsweep/proto';
import { analyseSweep } from './analyse-sweep.js';
import { assessNarrowing } from './narrow/assess-narrowing.js';
import { sandwichOf } from './narrow/sandwich.js';
import { isPreciseEnough } from './precision.js';
import { renderText } from './report/render-text.js';
import { buildRecord } from './testing/record-builder.js';
import { qemuRow, sandwichSweep, statedSweep } from './testing/sample-records.js';
import { compareSweeps } from './two-sweeps/compare-sweeps.js';
import { renderComparison } from './two-sweeps/render-comparison.js';

const METRIC: Metric = { name: 'ns', unit: 'ns', direction: 'lower', meaning: '' };
const constant = (value: number) => Array.from({ length: 8 }, () => value);

test('an effect of one step is clear neither in a guest nor on the bare machine', () => {
  const kernels = ['A', 'B'];
  const record = buildRecord({
    ...statedSweep({ A: constant(36), B: constant(37) }),
    hostsMax: 1,
    rows: [
      qemuRow(1, { kernels, ran: 'qemu-kvm' }),
      { id: 'native-smp1', asked: 'native', ran: 'native', smp: 1, kernels },
    ],
  });
  const { rows, sideBySide } = analyseSweep(record);
  const judgement = rows[0]?.metrics[0]?.cells[1]?.judgement;
  assert.equal(judgement?.verdict, 'undecided');
  assert.equal(judgement?.blocksMissing, undefined, 'no number of blocks decides it');
  assert.equal(sideBySide.pairs[0]?.metrics[0]?.effects[0]?.agreement.kind, 'neither');
});

test('nor in two sweeps side by side', () => {
  const options = statedSweep({ A: constant(36), B: constant(37) }, { hostsMax: 1 });
  const { rows } = compareSweeps(buildRecord(options), buildRecord({ ...options, seed: 2 }));
  assert.equal(rows[0]?.metrics[0]?.effects[0]?.agreement.kind, 'neither');
});

/** One kernel, `native` on the bare metal and `virtual` in a guest. */
function levelsOf(native: number, virtual: number) {
  const kernels = ['A'];
  const record = buildRecord({
    ...statedSweep({ A: constant(native) }),
    values: ({ row }) => ({ ns: row === 'native-smp1' ? native : virtual }),
    hostsMax: 1,
    rows: [
      qemuRow(1, { kernels, ran: 'qemu-kvm' }),
      { id: 'native-smp1', asked: 'native', ran: 'native', smp: 1, kernels },
    ],
  });
  const report = analyseSweep(record);
  const ratio = report.sideBySide.pairs[0]?.metrics[0]?.levels[0]?.ratio;
  assert(ratio !== undefined);
  return { ratio, text: renderText(report).replaceAll(/\s+/g, ' ') };
}

test('levels one step apart are one level, and the report says by how much their ratio is wider', () => {
  const { ratio, text } = levelsOf(36, 37);
  assert.ok(ratio.low < 1 && ratio.high > 1.05, JSON.stringify(ratio));
  assert.equal(ratio.p, 1);
  assert.match(text, /ratios of ns: intervals are wider by up to 2\.8%, what half a quantum/);
  const apart = levelsOf(36, 40).ratio;
  assert.ok(apart.low > 1 && apart.p < 0.001, JSON.stringify(apart));
  const fine = levelsOf(36.123_456_789, 37.123_456_789);
  assert.ok(fine.ratio.low > 1 && fine.ratio.p < 0.001, JSON.stringify(fine.ratio));
  assert.doesNotMatch(fine.text, /intervals are wider by/);
});

test('levels of two sweeps one step apart are one level, each with the step of its own sweep', () => {
  const sweep = (value: number, seed: number) =>
    buildRecord({ ...statedSweep({ A: constant(value) }, { hostsMax: 1 }), seed });
  const ratioOf = (a: number, b: number) =>
    compareSweeps(sweep(a, 1), sweep(b, 2)).rows[0]?.metrics[0]?.levels[0]?.ratio;
  const whole = ratioOf(36, 37);
  assert(whole !== undefined);
  assert.ok(whole.low < 1 && whole.p === 1, JSON.stringify(whole));
  // Printed with one digit more, B may be off by 0.05 and A still by 0.5.
  const mixed = ratioOf(36, 36.6);
  assert.ok(mixed !== undefined && mixed.quantumLog < whole.quantumLog);
  assert.ok(mixed.low > 1 && mixed.p < 0.001, JSON.stringify(mixed));
  const text = renderComparison(compareSweeps(sweep(36, 1), sweep(37, 2)));
  assert.match(text.replaceAll(/\s+/g, ' '), /ratios of ns: intervals are wider by up to 2\.8%/);
});

test('effects one step apart are of one size', () => {
  const sweep = (value: number, seed: number) =>
    buildRecord({ ...statedSweep({ A: constant(36), B: constant(value) }, { hostsMax: 1 }), seed });
  const agreement = (a: number, b: number) =>
    compareSweeps(sweep(a, 1), sweep(b, 2)).rows[0]?.metrics[0]?.effects[0]?.agreement;
  const alike = agreement(50, 51);
  assert.ok(alike?.kind === 'same-direction' && alike.isSameSize, JSON.stringify(alike));
  const unlike = agreement(50, 60);
  assert.ok(unlike?.kind === 'same-direction' && !unlike.isSameSize, JSON.stringify(unlike));
});

function gapOf(values: Readonly<Record<string, readonly number[]>>) {
  const gap = { good: 'A', bad: 'B', candidate: 'C' };
  const closed = analyseSweep(buildRecord(statedSweep(values, { gap }))).rows[0]?.gapClosed;
  assert(closed);
  return closed;
}

test('a gap of one step is refused, and one of a few has the steps in its interval', () => {
  const one = gapOf({ A: constant(36), B: constant(37), C: constant(36) });
  assert.deepEqual(one, { kind: 'refused', reason: 'no clear difference between B and A' });
  const noisy = [37, 38, 37, 37, 39, 37, 37, 38];
  const dithered = gapOf({ A: constant(36), B: noisy, C: constant(36) });
  const step = 'the gap is no larger than 1, the step in which values are printed';
  assert.deepEqual(dithered, { kind: 'refused', reason: step });
  const wide = gapOf({ A: constant(100), B: constant(110), C: constant(105) });
  assert(wide.kind === 'closed' && wide.fraction.interval.method !== 'none');
  // (110.5 - 104.5) / (110.5 - 99.5) is 0.545; each level may be half a step off.
  assert.ok(wide.fraction.interval.low < 0.45 && wide.fraction.interval.high > 0.55);
  assert.ok(wide.ofMeans.low < 0.45 && wide.ofMeans.high > 0.55);
  assert.ok((wide.bootstrap?.percentile?.high ?? 0) > 0.55);
});

test('what carries a difference may be off by a step', () => {
  const metrics = [METRIC, { ...METRIC, name: 'part' }];
  const record = buildRecord({
    ...statedSweep({ A: constant(100), B: constant(200) }, { metrics }),
    values: ({ kernel }) => (kernel === 'A' ? { ns: 100, part: 50 } : { ns: 200, part: 51 }),
  });
  const [part] = analyseSweep(record).rows[0]?.decompositions[0]?.parts ?? [];
  assert(part !== undefined && part.difference.interval.method !== 'none');
  const { median, interval } = part.difference;
  assert.deepEqual([median, interval.low, interval.high], [1, 0, 2]);
});

test('equal whole numbers are precise to their step and no further', () => {
  const pairs = constant(40).map((value) => ({ value, baseline: value }));
  const rule = (fraction: number) => ({ fraction, repetitionsMin: 6 });
  assert.equal(isPreciseEnough([{ pairs }], rule(0.02)), true);
  // Half a step of either side is 2.5 %.
  assert.equal(isPreciseEnough([{ pairs, quantum: 1 }], rule(0.02)), false);
  assert.equal(isPreciseEnough([{ pairs, quantum: 1 }], rule(0.03)), true);
});

test('a narrowing takes one step neither for an effect nor for a proof', () => {
  const ends = statedSweep({ A: constant(36), M: constant(36), B: constant(37) });
  const found = assessNarrowing({
    records: [buildRecord(ends)],
    kernels: ['A', 'M', 'B'],
    metric: 'ns',
    blocksMax: 20,
  });
  assert.equal(found.state.ends, 'open');
  const again = { A: constant(36), B: constant(37), 'A.again': constant(36) };
  const { effect } = sandwichOf(buildRecord(sandwichSweep(again)), {
    good: 'A',
    bad: 'B',
    metric: 'ns',
  });
  assert.ok((effect?.low ?? 2) < 1, String(effect?.low));
});
