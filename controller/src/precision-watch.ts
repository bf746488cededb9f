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
import type { BlockId, KernelName, RowId, Spec, SweepId, TrialEnded } from '@labsweep/proto';
import type { SweepState } from './fold/lab-state.js';
import type { SchedulerPorts } from './schedule/schedule-view.js';

/** Of the primary metric, by scenario and kernel. */
type TrialValues = Map<string, Map<KernelName, number>>;

export class PrecisionWatch {
  /** By sweep, and then by block, attempt and host. */
  private readonly seen = new Map<SweepId, Map<string, TrialValues>>();

  /** Takes an outcome that the fold has taken; the row, when it needs no more blocks. */
  preciseRow(sweep: SweepState, entry: TrialEnded): RowId | undefined {
    const { precision } = sweep.spec;
    if (precision === undefined || entry.purpose !== 'timing') return undefined;
    if (sweep.cancelledAtMs !== undefined) return undefined;
    this.keep(sweep, entry);
    const block = sweep.blocks.get(entry.block);
    if (block?.decision === undefined) return undefined;
    const { row } = block.planned;
    return isPreciseEnough(this.seriesOf(sweep, row), precision) ? row : undefined;
  }

  /** Only what was cancelled can never get another block. */
  ended({ submitted, cancelledAtMs }: SweepState): void {
    if (cancelledAtMs !== undefined) this.seen.delete(submitted.sweep);
  }

  keepsValuesOf(sweep: SweepId): boolean {
    return this.seen.has(sweep);
  }

  private keep({ spec }: SweepState, entry: TrialEnded): void {
    const [primary] = spec.workload.metrics;
    if (primary === undefined || entry.outcome.status !== 'measured') return;
    const ofSweep = this.seen.get(entry.sweep) ?? new Map<string, TrialValues>();
    this.seen.set(entry.sweep, ofSweep);
    const key = attemptKey(entry.block, entry);
    const values: TrialValues = ofSweep.get(key) ?? new Map();
    ofSweep.set(key, values);
    for (const scenario of scenariosOf(entry.outcome)) {
      const value = trialValue(entry.outcome, { scenario, metric: primary.name });
      if (value === undefined) continue;
      values.set(scenario, (values.get(scenario) ?? new Map()).set(entry.kernel, value));
    }
  }

  /** One series for each scenario and kernel other than the baseline, as the report compares. */
  private seriesOf(sweep: SweepState, row: RowId): readonly PrecisionSeries[] {
    const { spec, submitted, rows, blocks } = sweep;
    const kernels = (rows.get(row)?.kernels ?? []).filter(
      (kernel) => kernel !== spec.baseline && kernel !== spec.again,
    );
    const ofSweep = this.seen.get(submitted.sweep) ?? new Map<string, TrialValues>();
    const counted = [...blocks.values()].flatMap(({ planned, decision }) => {
      if (planned.row !== row || decision === undefined) return [];
      return ofSweep.get(attemptKey(planned.id, decision)) ?? [];
    });
    const scenarios = new Set(counted.flatMap((values) => [...values.keys()]));
    return [...scenarios].flatMap((scenario) => {
      const values = counted.flatMap((each) => each.get(scenario) ?? []);
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

function attemptKey(
  block: BlockId,
  { attempt, host }: { readonly attempt: number; readonly host: string },
): string {
  return `${block} ${attempt} ${host}`;
}

/** What the pure scheduler is told from outside of its folder. */
export function schedulerPorts(
  newRight: SchedulerPorts['newRight'],
  watch = new PrecisionWatch(),
): SchedulerPorts {
  return {
    newRight,
    preciseRow: (sweep, entry) => watch.preciseRow(sweep, entry),
    ended: (sweep) => watch.ended(sweep),
  };
}
