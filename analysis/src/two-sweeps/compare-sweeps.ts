// SPDX-License-Identifier: Apache-2.0
/**
 * Puts two sweeps side by side: the levels of rows and kernels that are the same in both, with
 * their ratio, and the effect that each sweep saw of a kernel. Nothing is pooled, and no ratio is
 * taken of what differs in more than the sweep. It renders nothing.
 */
import type { Metric, SweepId } from '@labsweep/proto';
import { type Comparison, compareKernels } from '../compare.js';
import { type Agreement, agreementOf } from '../environment-effect.js';
import { type SideLevel, sideLevel } from '../environment-levels.js';
import {
  type EnvironmentSide,
  printedOn,
  quantumOn,
  referenceOn,
  seriesOn,
  sideOf,
} from '../environment-side.js';
import type { HostClass } from '../host-class.js';
import { ratioOfLevels } from '../level-rounding.js';
import { type StateDifference, stateDifferencesBetween } from '../state-gate.js';
import type { LevelRatio } from '../statistics/level-ratio.js';
import type { SweepRecord, SweepState } from '../sweep-record.js';
import { differenceIn, type SetupDifference } from './difference.js';
import { type KernelPair, matchKernels, type SideKernel } from './match-kernels.js';
import { matchRows, type RowMatch } from './match-rows.js';
import { setupDifferences } from './setup-differences.js';
import { type SideRow, type SweepSide, sharedClasses, sweepSide } from './sweep-side.js';

export interface SweepComparison {
  readonly a: { readonly sweep: SweepId; readonly state: SweepState };
  readonly b: { readonly sweep: SweepId; readonly state: SweepState };
  /** One submission on both sides: that they agree then says nothing. */
  readonly isOneSweep: boolean;
  readonly rows: readonly ComparedRow[];
  /** Labels of rows that the other sweep has nothing like. */
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
}

/** Two rows, on the hosts of one class where both have such. */
export interface ComparedRow {
  readonly a: string;
  readonly b: string;
  readonly hostClass?: HostClass;
  /** Of the setup; what differs in a kernel stands with that kernel. */
  readonly differences: readonly SetupDifference[];
  readonly kernels: readonly ComparedKernel[];
  /** What effects are measured from: its names in the two sweeps. */
  readonly reference?: { readonly a: string; readonly b: string };
  readonly metrics: readonly ComparedMetric[];
}

export interface ComparedKernel extends KernelPair {
  /** Of the workload's memory; `kernel` is the value in B and `baseline` that in A. */
  readonly stateDifferences: readonly StateDifference[];
}

export interface ComparedMetric {
  readonly metric: string;
  readonly unit: string;
  /** In the order of the row's kernels. */
  readonly levels: readonly ComparedLevel[];
  readonly effects: readonly ComparedEffect[];
  readonly differences: readonly SetupDifference[];
}

export interface ComparedLevel {
  readonly kernel: SideKernel;
  readonly a?: SideLevel;
  readonly b?: SideLevel;
  /** B divided by A; absent where something of weight `identity` differs. */
  readonly ratio?: LevelRatio;
}

/** The change from the reference to a kernel, inside the blocks of each sweep. */
export interface ComparedEffect {
  readonly kernel: SideKernel;
  /** Absent where the workload's state differs between the two kernels of that sweep. */
  readonly a?: Comparison;
  readonly b?: Comparison;
  /** `native` is A and `virtual` is B. */
  readonly agreement: Agreement;
}

interface Parts {
  readonly rows: RowMatch;
  readonly a: EnvironmentSide;
  readonly b: EnvironmentSide;
  readonly kernels: readonly ComparedKernel[];
  readonly reference: ComparedKernel | undefined;
  readonly hasIdentity: boolean;
}

export function compareSweeps(first: SweepRecord, second: SweepRecord): SweepComparison {
  const sides = { a: sweepSide(first), b: sweepSide(second) };
  const matches = matchRows(sides.a, sides.b);
  const labels = (rows: readonly SideRow[]) => rows.map(({ label }) => label);
  return {
    a: { sweep: first.sweep, state: first.state },
    b: { sweep: second.sweep, state: second.state },
    isOneSweep: first.sweep === second.sweep && first.submitted.atMs === second.submitted.atMs,
    rows: matches.pairs.flatMap((rows) => {
      const classes = sharedClasses(rows.a, rows.b);
      const each = classes.length === 0 ? [undefined] : classes;
      return each.map((hostClass) => comparedRow(sides, rows, hostClass));
    }),
    onlyInA: labels(matches.onlyA),
    onlyInB: labels(matches.onlyB),
  };
}

function comparedRow(
  sides: { readonly a: SweepSide; readonly b: SweepSide },
  rows: RowMatch,
  hostClass: HostClass | undefined,
): ComparedRow {
  const on = (side: SweepSide, row: SideRow) =>
    sideOf(row.view, (host) => hostClass === undefined || side.classOf(host) === hostClass);
  const [a, b] = [on(sides.a, rows.a), on(sides.b, rows.b)];
  const differences = setupDifferences(sides, rows);
  const kernels = matchKernels(
    { record: sides.a.record, side: a },
    { record: sides.b.record, side: b },
  ).map((pair) => ({ ...pair, stateDifferences: stateBetween(rows, pair) }));
  const reference = kernels.length < 2 ? undefined : referenceOf(kernels, sides);
  const hasIdentity = differences.some(({ weight }) => weight === 'identity');
  const parts = { rows, a, b, kernels, reference, hasIdentity };
  const named = reference && { a: reference.a.kernel, b: reference.b.kernel };
  return {
    a: rows.a.label,
    b: rows.b.label,
    ...(hostClass === undefined ? {} : { hostClass }),
    differences,
    kernels,
    ...(named === undefined ? {} : { reference: named }),
    metrics: metricPairs(sides).map((metrics) => comparedMetric(parts, metrics)),
  };
}

function stateBetween(rows: RowMatch, { a, b }: KernelPair): StateDifference[] {
  return stateDifferencesBetween(
    { evidence: rows.b.state.evidence, kernel: b.kernel },
    { evidence: rows.a.state.evidence, kernel: a.kernel },
  );
}

/** The baseline of A where it is in both, else that of B, else the first kernel that is. */
function referenceOf(
  kernels: readonly ComparedKernel[],
  sides: { readonly a: SweepSide; readonly b: SweepSide },
): ComparedKernel | undefined {
  return (
    kernels.find(({ a }) => a.kernel === sides.a.record.spec.baseline) ??
    kernels.find(({ b }) => b.kernel === sides.b.record.spec.baseline) ??
    kernels[0]
  );
}

interface MetricPair {
  readonly a: Metric;
  readonly b: Metric;
}

/** Numbers without a good direction are only recorded, but for the one that verdicts are about. */
function metricPairs(sides: { readonly a: SweepSide; readonly b: SweepSide }): MetricPair[] {
  const [ofA, ofB] = [sides.a, sides.b].map(({ record }) => record.spec.workload.metrics);
  return (ofA ?? [])
    .filter(({ direction }, index) => direction !== 'none' || index === 0)
    .flatMap((a) => {
      const b = ofB?.find(({ name }) => name === a.name);
      return b === undefined ? [] : [{ a, b }];
    });
}

function comparedMetric(parts: Parts, metric: MetricPair): ComparedMetric {
  const { kernels, reference } = parts;
  const others = kernels.filter((each) => each !== reference);
  const units = { a: metric.a.unit, b: metric.b.unit };
  const differences = differenceIn(`unit of ${metric.a.name}`, 'identity', units);
  const isRefused = parts.hasIdentity || differences.length > 0;
  return {
    metric: metric.a.name,
    unit: metric.a.unit,
    differences,
    levels: kernels.map((kernel) => levelOf(parts, { kernel, metric, isRefused })),
    effects:
      reference === undefined
        ? []
        : others.map((kernel) => effectOf(parts, { kernel, reference, metric })),
  };
}

function levelOf(
  parts: Parts,
  wanted: {
    readonly kernel: ComparedKernel;
    readonly metric: MetricPair;
    readonly isRefused: boolean;
  },
): ComparedLevel {
  const { kernel, metric, isRefused } = wanted;
  const a = printedOn(parts.a, kernel.a, metric.a);
  const b = printedOn(parts.b, kernel.b, metric.b);
  const isSame =
    kernel.differences.every(({ weight }) => weight !== 'identity') &&
    kernel.stateDifferences.length === 0;
  const ratio = isRefused || !isSame ? undefined : ratioOfLevels({ numerator: b, denominator: a });
  return {
    kernel: kernel.a,
    ...sideLevel('a', a.series),
    ...sideLevel('b', b.series),
    ...(ratio === undefined ? {} : { ratio }),
  };
}

function effectOf(
  parts: Parts,
  wanted: {
    readonly kernel: ComparedKernel;
    readonly reference: ComparedKernel;
    readonly metric: MetricPair;
  },
): ComparedEffect {
  const a = effectIn('a', parts, wanted);
  const b = effectIn('b', parts, wanted);
  return {
    kernel: wanted.kernel.a,
    ...(a === undefined ? {} : { a }),
    ...(b === undefined ? {} : { b }),
    agreement:
      a === undefined || b === undefined
        ? { kind: 'unknown' }
        : agreementOf({ native: a, virtual: b }),
  };
}

function effectIn(
  which: 'a' | 'b',
  parts: Parts,
  { kernel, reference, metric }: Parameters<typeof effectOf>[1],
): Comparison | undefined {
  const [own, base] = [kernel[which], reference[which]];
  const pair = { kernel: own.kernel, baseline: base.kernel };
  if (parts.rows[which].state.differences(pair).length > 0) return undefined;
  const { name, direction } = metric[which];
  const side = parts[which];
  return compareKernels({
    kernel: seriesOn(side, { ...own, metric: name }),
    baseline: referenceOn(side, { ...base, metric: name }),
    baselineName: base.kernel,
    direction,
    ...quantumOn(side, metric[which]),
  });
}
