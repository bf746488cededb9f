// SPDX-License-Identifier: Apache-2.0
/**
 * One cell of the table: a kernel's values of one metric in a row, their summary and interval, and
 * the comparison with the baseline. The live table, the report and the JSON all show these cells.
 */
import type { HostId, KernelName, Metric } from '@labsweep/proto';
import { CLOCK_KEY } from './clock-difference.js';
import { type Comparison, compareKernels } from './compare.js';
import { levelRounding } from './level-rounding.js';
import { metricQuantum } from './quantisation.js';
import type { RowView } from './row-view.js';
import { referenceOf, type Series, seriesOf } from './series.js';
import type { StateDifference } from './state-gate.js';
import { type MedianInterval, medianInterval, widerBy } from './statistics/median-interval.js';
import { findOutliers, type Outlier } from './statistics/outliers.js';
import { type Summary, summarise } from './statistics/summary.js';
import type { Judgement } from './verdict.js';

export interface Cell {
  readonly kernel: KernelName;
  /** The raw series, by repetition. */
  readonly values: Series;
  /** How many values the plan foresees. */
  readonly expected: number;
  /** Some value belongs to a block that is not decided yet. */
  readonly provisional: boolean;
  /** Absent without values. */
  readonly summary?: Summary;
  /** Relative spread inside hosts; equals the summary's `cv` when all values come from one host. */
  readonly spread?: number;
  /** Of the median, in the unit of the metric. */
  readonly interval: MedianInterval;
  /** By how much rounding may have moved all values alike; the interval is wider by it. */
  readonly hiddenByRounding: number;
  /** Values far from the others, by place in `values`; they count like all others. */
  readonly outliers: readonly Outlier[];
  readonly comparison: Comparison;
  /** What follows from the comparison; of the primary metric, and never of the baseline. */
  readonly judgement?: Judgement;
}

export interface CellOptions {
  readonly metric: Metric;
  readonly baseline: KernelName;
  /** Of the state of a kernel's workload from the baseline's; any of them stops the comparison. */
  readonly differences: (kernel: KernelName) => readonly StateDifference[];
}

/** A metric's cells, one for each kernel of the row in the order of the spec. */
export function buildCells(view: RowView, options: CellOptions): Cell[] {
  const { metric, baseline } = options;
  const all = view.planned.kernels.map((kernel) => ({
    kernel,
    series: seriesOf(view, { kernel, metric: metric.name }),
  }));
  const quantum = metricQuantum(
    metric,
    all.flatMap(({ series }) => series.map(({ value }) => value)),
  );
  const sides = all.map(({ kernel, series }) => sideOf({ kernel, series, quantum }));
  const hasBaseline = sides.some(({ kernel }) => kernel === baseline);
  const reference = hasBaseline
    ? referenceOf(view, { kernel: baseline, metric: metric.name })
    : undefined;
  return sides.map((side) => {
    const { kernel, series, values, spread, hidden } = side;
    return {
      kernel,
      values: series,
      expected: plannedTrials(view, kernel),
      provisional: series.some(({ provisional }) => provisional),
      ...(values.length === 0 ? {} : { summary: summarise(values) }),
      ...(spread === undefined ? {} : { spread }),
      interval: widerBy(medianInterval(values, 'log'), hidden),
      hiddenByRounding: hidden,
      outliers: outliersOf(series),
      comparison: comparisonOf({
        side,
        reference,
        metric,
        baseline,
        quantum,
        differences: options.differences(kernel),
      }),
    };
  });
}

/** The hosts whose values the cells hold. */
export function hostsOf(cells: readonly (Pick<Cell, 'values'> | undefined)[]): ReadonlySet<HostId> {
  return new Set(cells.flatMap((cell) => cell?.values.map(({ host }) => host) ?? []));
}

/** The baseline's second turn, compared with its first one; in a sandwich that is the drift. */
export function buildAgainCell(view: RowView, options: CellOptions): Cell | undefined {
  const { again } = view;
  if (again === undefined) return undefined;
  const planned = { ...view.planned, kernels: [options.baseline, again] };
  const { again: _, sandwiched: __, ...turns } = view;
  return buildCells({ ...turns, planned }, { ...options, differences: () => [] })[1];
}

/** One kernel of a comparison. */
interface Side {
  readonly kernel: KernelName;
  readonly series: Series;
  readonly values: readonly number[];
  readonly spread: number | undefined;
  readonly hidden: number;
}

function sideOf(options: {
  readonly kernel: KernelName;
  readonly series: Series;
  readonly quantum: number | undefined;
}): Side {
  const { kernel, series, quantum } = options;
  const values = series.map(({ value }) => value);
  const { spread, hidden } = levelRounding({
    series,
    ...(quantum === undefined ? {} : { quantum }),
  });
  return { kernel, series, values, spread, hidden };
}

/** Of each host on its own: that a host is unlike the others makes none of its values doubtful. */
function outliersOf(series: Series): Outlier[] {
  const hosts = [...new Set(series.map(({ host }) => host))];
  return hosts
    .flatMap((host) => {
      const places = series.flatMap((each, index) => (each.host === host ? [index] : []));
      const found = findOutliers(places.map((place) => series[place]?.value ?? Number.NaN));
      return found.map((outlier) => ({
        ...outlier,
        index: places[outlier.index] ?? outlier.index,
      }));
    })
    .toSorted((a, b) => a.index - b.index);
}

interface ComparisonParts {
  readonly side: Side;
  /** Of the baseline; undefined when the row does not run it at all. */
  readonly reference: Series | undefined;
  readonly baseline: KernelName;
  readonly metric: Metric;
  readonly quantum: number | undefined;
  readonly differences: readonly StateDifference[];
}

function comparisonOf(parts: ComparisonParts): Comparison {
  const { side, reference } = parts;
  if (side.kernel === parts.baseline) return { kind: 'baseline' };
  if (reference === undefined) {
    return { kind: 'not-compared', pairs: 0, reason: 'no-baseline-in-row' };
  }
  if (parts.differences.length > 0) {
    const { baseline, differences } = parts;
    const isState = differences.some(({ key }) => key !== CLOCK_KEY);
    return { kind: 'not-comparable', cause: isState ? 'state' : 'clock', baseline, differences };
  }
  return compareKernels({
    kernel: side.series,
    baseline: reference,
    baselineName: parts.baseline,
    direction: parts.metric.direction,
    ...(parts.quantum === undefined ? {} : { quantum: parts.quantum }),
  });
}

/** A kernel that was added to a running sweep is not in the blocks before it. */
function plannedTrials({ blocks }: RowView, kernel: KernelName): number {
  return blocks.filter(({ planned }) => planned.trials.some((trial) => trial.kernel === kernel))
    .length;
}
