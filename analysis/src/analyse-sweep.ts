// SPDX-License-Identifier: Apache-2.0
/**
 * From the record of a sweep to its report: the one entry into the statistics, for a running sweep
 * as for a finished one. It renders nothing.
 */
import assert from 'node:assert/strict';
import type { KernelName, Metric } from '@labsweep/proto';
import { attributionOf } from './attribution.js';
import { type BlockHistory, blockHistories } from './block-history.js';
import { orderDoubt } from './block-lot.js';
import { buildAgainCell, buildCells, type Cell } from './cell.js';
import { clockDifference } from './clock-difference.js';
import { clockFindings } from './clock-sense.js';
import { commandLines } from './command-text.js';
import { isClear } from './compare.js';
import { decompose, type SeriesLookup } from './decompose.js';
import { failedTrials } from './failed-trials.js';
import { gapClosed } from './gap-closed.js';
import { imprecision } from './imprecision.js';
import { type Judging, judgeCells } from './judge-report.js';
import { nativeAgainstVirtual } from './native-virtual.js';
import { blocksForLevel } from './needed-blocks.js';
import { measuredFloor } from './noise-floor.js';
import { quantisationOf } from './quantisation.js';
import { reportHead } from './report-head.js';
import type { MetricCells, Report, ReportHead, ReportProgress, ReportRow } from './report-model.js';
import { confounders, reportNotes } from './report-notes.js';
import { blocksBeside, type RowState, rowState } from './row-state.js';
import { judgeRow } from './row-status.js';
import { type RowView, rowViews } from './row-view.js';
import { sequenceEffects } from './sequence-effects.js';
import { referenceOf } from './series.js';
import type { SweepRecord } from './sweep-record.js';
import { countTrials } from './trial-counts.js';

/** The spec names at least one metric. */
export function analyseSweep(record: SweepRecord): Report {
  const { spec } = record;
  const [primary] = spec.workload.metrics;
  assert(primary !== undefined, 'a spec names at least one metric');
  const head = reportHead(record);
  const views = rowViews(record);
  const beside = blocksBeside(record);
  const doubt = orderDoubt(record);
  const stated = views.map((view) => {
    const audit = beside(view, 'audit');
    const state = rowState(view, { baseline: spec.baseline, audit });
    const profiled = beside(view, 'attribution');
    return { label: labelOf(view, views), view, state, audit, profiled };
  });
  const { judging, rows: judgedRows } = judged(
    stated.map((row) => reportRow(record, { ...row, primary, head })),
    {
      canStop: spec.precision !== undefined,
      ...(doubt === undefined ? {} : { orderDoubt: doubt }),
      ...(spec.margin === undefined ? {} : { margin: spec.margin }),
    },
  );
  const rows = judgedRows.map((row, index) => {
    const place = stated[index];
    return place === undefined ? row : { ...row, ...gapOf(record, { ...place, row, judging }) };
  });
  return {
    sweep: record.sweep,
    state: record.state,
    progress: progressOf(record),
    head,
    primary,
    metrics: spec.workload.metrics,
    baseline: spec.baseline,
    ...(spec.gap === undefined ? {} : { gap: spec.gap }),
    judging,
    rows,
    sideBySide: nativeAgainstVirtual(record, stated),
    failures: failedTrials(record),
    commands: commandLines(record),
    notes: reportNotes(record, { head, rows }),
    confounders: confounders(record, { head, rows }),
  };
}

/** The rows with their judgements, which depend on how many comparisons all rows make. */
function judged(
  rows: readonly ReportRow[],
  options: Parameters<typeof judgeCells>[1],
): { readonly judging: Judging; readonly rows: readonly ReportRow[] } {
  const { judging, rows: judgedRows } = judgeCells(
    rows.map(({ metrics, noiseFloor: floor }) => ({
      cells: metrics[0]?.cells ?? [],
      ...(floor === undefined ? {} : { floor }),
    })),
    options,
  );
  const withCells = rows.map((row, index) => {
    const [primary, ...others] = row.metrics;
    if (primary === undefined) return row;
    const { cells = [], floor } = judgedRows[index] ?? {};
    return {
      ...row,
      metrics: [{ ...primary, cells }, ...others],
      ...(floor === undefined ? {} : { noiseFloor: floor }),
    };
  });
  return { judging, rows: withCells };
}

/** The gap of a row that is judged, where the spec names one. */
function gapOf(
  { spec: { gap, baseline, workload } }: SweepRecord,
  parts: { view: RowView; state: RowState; row: ReportRow; judging: Judging },
): Pick<ReportRow, 'gapClosed'> {
  const { view, state, row, judging } = parts;
  const [primary] = workload.metrics;
  if (gap === undefined || primary === undefined) return {};
  const cells = row.metrics[0]?.cells ?? [];
  const judgement = cells.find(({ kernel }) => kernel === gap.bad)?.judgement;
  const options = {
    gap,
    metric: primary,
    differences: state.differences,
    blocksNeeded: blocksForLevel(judging.level, judging.family),
    seriesOf: (kernel: KernelName) => referenceOf(view, { kernel, metric: primary.name }),
    ...(judgement === undefined || gap.good !== baseline ? {} : { judgement }),
    ...(row.noiseFloor === undefined ? {} : { floor: row.noiseFloor }),
  };
  return { gapClosed: gapClosed(cells, options) };
}

interface RowParts {
  readonly label: string;
  readonly view: RowView;
  readonly state: RowState;
  /** The blocks that audit the row. */
  readonly audit: readonly BlockHistory[];
  /** The blocks that profile it. */
  readonly profiled: readonly BlockHistory[];
  readonly primary: Metric;
  readonly head: ReportHead;
}

function reportRow(record: SweepRecord, parts: RowParts): ReportRow {
  const { label, view, state, audit, profiled, primary, head } = parts;
  const { spec } = record;
  const { workload, baseline } = spec;
  const differences = (kernel: KernelName) => [
    ...state.differences({ kernel, baseline }),
    ...clockDifference(view, { kernel, baseline }),
  ];
  const turns = workload.metrics.map((metric) =>
    buildAgainCell(view, { metric, baseline, differences }),
  );
  const metrics = workload.metrics.map((metric, index) => ({
    metric: metric.name,
    cells: buildCells(view, { metric, baseline, differences }),
    ...(index === 0 || turns[index] === undefined ? {} : { again: turns[index] }),
  }));
  const primaryCells = metrics[0]?.cells ?? [];
  const [again] = turns;
  const floor = measuredFloor({
    again: again?.comparison,
    isSandwich: view.sandwiched !== undefined,
  });
  const sequence = sequenceEffects(primaryCells);
  const doubt = orderDoubt(record);
  const counts = countTrials(view);
  const clock = clockFindings(view, workload.metrics);
  return {
    label,
    row: view.planned.id,
    requested: view.planned.environment,
    environment: view.environment,
    shape: view.planned.shape,
    workload: workload.name,
    scenario: view.scenario,
    kernels: view.planned.kernels,
    metrics,
    trials: counts,
    trialsByKernel: trialsByKernel(view),
    decompositions: decompositionsOf(record, { view, primary, metrics }),
    ...(floor === undefined ? {} : { noiseFloor: floor }),
    ...(again === undefined ? {} : { again }),
    sequence,
    state: state.checks,
    clock,
    quantisation: workload.metrics
      .map((metric, index) => quantisationOf(metric, metrics[index]?.cells ?? []))
      .filter((each) => each !== undefined),
    attribution: attributionOf(view, {
      blocks: profiled,
      functions: spec.attribution?.functions ?? [],
    }),
    status: judgeRow({
      view,
      counts,
      cells: primaryCells,
      turns: [...primaryCells, ...(again === undefined ? [] : [again])],
      state: state.checks,
      audit,
      clock,
      sequence,
      ...(floor === undefined ? {} : { floor }),
      ...(doubt === undefined ? {} : { orderDoubt: doubt }),
      kernels: head.kernels.filter(({ name }) => view.planned.kernels.includes(name)),
      baseline: head.kernels.find(({ name }) => name === baseline),
      waiting: waitingOf(record, view),
      imprecise: imprecision(view, { cells: primaryCells, precision: spec.precision }),
    }),
  };
}

function trialsByKernel(view: RowView): ReportRow['trialsByKernel'] {
  return view.planned.kernels.map((kernel) => ({ kernel, ...countTrials(view, kernel) }));
}

/** Empty when nothing of the row waits. */
function waitingOf({ waiting }: SweepRecord, { planned }: RowView): string[] {
  return waiting.filter(({ row }) => row === planned.id).map(({ reason }) => reason);
}

/** Only a clear difference is shared out: the parts of noise would be noise. */
function decompositionsOf(
  record: SweepRecord,
  row: {
    readonly view: RowView;
    readonly primary: Metric;
    readonly metrics: readonly MetricCells[];
  },
): ReportRow['decompositions'] {
  const { baseline, workload } = record.spec;
  const { view, primary, metrics } = row;
  const others = workload.metrics.slice(1);
  const cellsOf = (name: string): readonly Cell[] =>
    metrics.find(({ metric }) => metric === name)?.cells ?? [];
  const lookup: SeriesLookup = (wanted) => {
    const cell = cellsOf(wanted.metric).find(({ kernel }) => kernel === wanted.kernel);
    return { values: referenceOf(view, wanted), hidden: cell?.hiddenByRounding ?? 0 };
  };
  return cellsOf(primary.name)
    .filter(({ comparison }) => isClear(comparison))
    .map(({ kernel }) => decompose(lookup, { kernel, baseline, primary, others }))
    .filter((decomposition) => decomposition !== undefined);
}

/** As short as it can be while no two rows share it. */
function labelOf(view: RowView, views: readonly RowView[]): string {
  const { smp, memoryMib } = view.planned.shape;
  const alike = views.filter(
    (other) => other.environment === view.environment && other.planned.shape.smp === smp,
  );
  const memories = new Set(alike.map((other) => other.planned.shape.memoryMib));
  const scenarios = new Set(views.map((other) => other.scenario));
  const rows = new Set(
    alike
      .filter((other) => other.planned.shape.memoryMib === memoryMib)
      .map((other) => other.planned.id),
  );
  return [
    `${view.environment} smp ${smp}`,
    ...(memories.size > 1 ? [`${memoryMib} MiB`] : []),
    ...(rows.size > 1 ? [`row ${view.planned.id}`] : []),
    ...(scenarios.size > 1 && view.scenario !== '' ? [view.scenario] : []),
  ].join(' ');
}

function progressOf(record: SweepRecord): ReportProgress {
  const blocks = blockHistories(record);
  return {
    trialsPlanned: record.plan.trialCount,
    trialsEnded: blocks.reduce((sum, block) => sum + endedTrials(block), 0),
    blocksPlanned: blocks.length,
    blocksAccepted: blocks.filter((block) => block.standing === 'accepted').length,
    blocksIncomplete: [...record.decisions.values()].filter(({ complete }) => !complete).length,
  };
}

function endedTrials(block: BlockHistory): number {
  const entries = block.standing === 'open' ? block.entries : block.counted;
  return new Set(entries.map((entry) => entry.trial)).size;
}
