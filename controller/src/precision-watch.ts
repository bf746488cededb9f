// SPDX-License-Identifier: Apache-2.0
/**
 * Keeps the values of sweeps that ask for a precision, and says which rows have blocks enough. The
 * fold keeps no values, since sweeps may be large; only these few sweeps need them here. Those of a
 * finished sweep stay: it may be given more blocks, and its rows are then judged by all they have.
 */
import {
  isPreciseEnough,
  metricQuantum,
  middleOf,
  type PrecisionSeries,
  scenariosOf,
  trialValue,
} from '@labsweep/analysis';
import {
  type BlockId,
  type FoldOutcome,
  type KernelName,
  type RowId,
  type Spec,
  type SweepId,
  wholeEntry,
} from '@labsweep/proto';
import type { SweepState } from './fold/lab-state.js';
import { RowValues } from './row-values.js';
import type { SchedulerPorts } from './schedule/schedule-view.js';
import type { Precisions } from './schedule/stopping-rows.js';

export class PrecisionWatch implements Precisions {
  private readonly seen = new Map<SweepId, Map<RowId, RowValues>>();

  took(sweep: SweepState, entry: FoldOutcome): RowId | undefined {
    if (sweep.spec.precision === undefined || entry.purpose !== 'timing') return undefined;
    if (sweep.cancelledAtMs !== undefined) return undefined;
    const block = sweep.blocks.get(entry.block);
    if (block === undefined) return undefined;
    const { row, id } = block.planned;
    this.keep(sweep, { row, block: id }, entry);
    return block.decision === undefined ? undefined : row;
  }

  isPrecise(sweep: SweepState, row: RowId): boolean {
    const { precision } = sweep.spec;
    return precision !== undefined && isPreciseEnough(this.seriesOf(sweep, row), precision);
  }

  /** Only what was cancelled can never get another block. */
  ended({ submitted, cancelledAtMs }: SweepState): void {
    if (cancelledAtMs !== undefined) this.seen.delete(submitted.sweep);
  }

  keepsValuesOf(sweep: SweepId): boolean {
    return this.seen.has(sweep);
  }

  private keep(
    { spec }: SweepState,
    { row, block }: { readonly row: RowId; readonly block: BlockId },
    entry: FoldOutcome,
  ): void {
    const [primary] = spec.workload.metrics;
    if (primary === undefined || entry.outcome.status !== 'measured') return;
    const ofSweep = this.seen.get(entry.sweep) ?? new Map<RowId, RowValues>();
    this.seen.set(entry.sweep, ofSweep);
    const ofRow = ofSweep.get(row) ?? new RowValues();
    ofSweep.set(row, ofRow);
    const { attempt, host, kernel, outcome } = wholeEntry(entry);
    for (const scenario of scenariosOf(outcome)) {
      const value = trialValue(outcome, { scenario, metric: primary.name });
      if (value !== undefined) ofRow.set({ block, attempt, host }, { scenario, kernel }, value);
    }
  }

  /** One series for each scenario and kernel other than the baseline, as the report compares. */
  private seriesOf(sweep: SweepState, row: RowId): readonly PrecisionSeries[] {
    const { spec, submitted, rows, blocks } = sweep;
    const kernels = (rows.get(row)?.kernels ?? []).filter(
      (kernel) => kernel !== spec.baseline && kernel !== spec.again,
    );
    const ofRow = this.seen.get(submitted.sweep)?.get(row);
    if (ofRow === undefined) return [];
    const counted = ofRow.counted((block) => blocks.get(block)?.decision);
    const scenarios = ofRow.byScenario(counted).filter((values) => values.length > 0);
    return scenarios.flatMap((values) => {
      const quantum = quantumOf(spec, values);
      return kernels.map((kernel) => ({
        pairs: values.flatMap((each) => {
          const [value, baseline] = [each.get(kernel), referenceOf(spec, each)];
          return value === undefined || baseline === undefined ? [] : [{ value, baseline }];
        }),
        ...(quantum === undefined ? {} : { quantum }),
      }));
    });
  }
}

function quantumOf(
  { workload, again }: Spec,
  values: readonly ReadonlyMap<KernelName, number>[],
): number | undefined {
  const [primary] = workload.metrics;
  if (primary === undefined) return undefined;
  const kernels = values.flatMap((each) => [...each]).filter(([kernel]) => kernel !== again);
  return metricQuantum(
    primary,
    kernels.map(([, value]) => value),
  );
}

/** In a sandwich changes are taken from the middle of both turns. */
function referenceOf(
  { baseline, again, order }: Spec,
  values: ReadonlyMap<KernelName, number>,
): number | undefined {
  const first = values.get(baseline);
  if (order !== 'sandwich' || again === undefined || first === undefined) return first;
  const second = values.get(again);
  return second === undefined ? undefined : middleOf(first, second);
}

/** What the pure scheduler is told from outside of its folder. */
export function schedulerPorts(
  newRight: SchedulerPorts['newRight'],
  watch = new PrecisionWatch(),
): SchedulerPorts {
  return {
    newRight,
    precisions: watch,
    ended: (sweep) => watch.ended(sweep),
  };
}
