// SPDX-License-Identifier: Apache-2.0
/**
 * One cell of the table: a kernel's values of one metric in a row, their summary and interval, and
 * the comparison with the baseline. The live table, the report and the JSON all show these cells.
 */
import type { KernelName, Metric } from '@labsweep/proto';
import { type Comparison, compareKernels } from './compare.js';
import type { RowView } from './row-view.js';
import { type Series, seriesOf } from './series.js';
import type { StateDifference } from './state-gate.js';
import { type MedianInterval, medianInterval } from './statistics/median-interval.js';
import { spreadWithin } from './statistics/spread-within.js';
import { type Summary, summarise } from './statistics/summary.js';

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
  readonly comparison: Comparison;
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
  const baselineSeries = view.planned.kernels.includes(baseline)
    ? seriesOf(view, { kernel: baseline, metric: metric.name })
    : undefined;
  return view.planned.kernels.map((kernel) => {
    const series = seriesOf(view, { kernel, metric: metric.name });
    const values = series.map(({ value }) => value);
    const spread = spreadWithin(valuesByHost(series));
    return {
      kernel,
      values: series,
      expected: plannedTrials(view, kernel),
      provisional: series.some(({ provisional }) => provisional),
      ...(values.length === 0 ? {} : { summary: summarise(values) }),
      ...(spread === undefined ? {} : { spread }),
      interval: medianInterval(values, 'log'),
      comparison: comparisonOf({
        kernel,
        series,
        baselineSeries,
        metric,
        baseline,
        differences: options.differences(kernel),
      }),
    };
  });
}

interface ComparisonParts {
  readonly kernel: KernelName;
  readonly baseline: KernelName;
  readonly series: Series;
  /** Undefined when the row does not run the baseline at all. */
  readonly baselineSeries: Series | undefined;
  readonly metric: Metric;
  readonly differences: readonly StateDifference[];
}

function comparisonOf(parts: ComparisonParts): Comparison {
  if (parts.kernel === parts.baseline) return { kind: 'baseline' };
  if (parts.baselineSeries === undefined) {
    return { kind: 'not-compared', pairs: 0, reason: 'no-baseline-in-row' };
  }
  if (parts.differences.length > 0) {
    const { baseline, differences } = parts;
    return { kind: 'not-comparable', baseline, differences };
  }
  return compareKernels({
    kernel: parts.series,
    baseline: parts.baselineSeries,
    baselineName: parts.baseline,
    direction: parts.metric.direction,
  });
}

function valuesByHost(series: Series): number[][] {
  const hosts = [...new Set(series.map(({ host }) => host))];
  return hosts.map((host) => series.filter((each) => each.host === host).map(({ value }) => value));
}

/** A kernel that was added to a running sweep is not in the blocks before it. */
function plannedTrials({ blocks }: RowView, kernel: KernelName): number {
  return blocks.filter(({ planned }) => planned.trials.some((trial) => trial.kernel === kernel))
    .length;
}
