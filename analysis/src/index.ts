// SPDX-License-Identifier: Apache-2.0
/** The door of this package: records in, reports and text out. */
export { analyseSweep } from './analyse-sweep.js';
export type { Cell } from './cell.js';
export {
  type CommandEntry,
  type CommandWords,
  commandLines,
  commandText,
  utcText,
} from './command-text.js';
export type { Comparison, Direction, PercentChange } from './compare.js';
export type { Decomposition, DecompositionPart } from './decompose.js';
export type { FailedTrial } from './failed-trials.js';
export type { GapClosed } from './gap-closed.js';
export type { HostAgreement, HostEffect } from './host-agreement.js';
export type { Judging } from './judge-report.js';
export { type MeasuredOptions, measuredRecord } from './measurements/measured-record.js';
export { TableError, type TableProblem } from './measurements/measurement.js';
export {
  assessNarrowing,
  type KernelFinding,
  type NarrowAssessment,
} from './narrow/assess-narrowing.js';
export { requireOneSort } from './narrow/narrow-evidence.js';
export {
  NARROW_SCHEMA,
  type NarrowEnd,
  type NarrowReport,
  narrowReport,
} from './narrow/narrow-report.js';
export {
  type NarrowMove,
  type NarrowPair,
  narrowStep,
} from './narrow/narrow-step.js';
export { endSentences, renderNarrowJson, renderNarrowText } from './narrow/render-narrow.js';
export { type Sandwich, sandwichOf } from './narrow/sandwich.js';
export type { NoiseFloor } from './noise-floor.js';
export { isPreciseEnough, type PrecisionSeries } from './precision.js';
export { metricQuantum } from './quantisation.js';
export { renderAsciiTable, type TableCell, type TableColumn } from './report/ascii-table.js';
export { FORMATS } from './report/formats.js';
export type {
  FoundingOptions,
  FoundingRow,
} from './report/founding-rows.js';
export { foundingRows } from './report/founding-rows.js';
export { readFoundingSummary, type SummaryCell } from './report/founding-summary.js';
export { renderFoundingTable } from './report/founding-table.js';
export { wrapText } from './report/page.js';
export { CSV_COLUMNS, renderCsv } from './report/render-csv.js';
export { RESULTS_SCHEMA, renderJson } from './report/render-json.js';
export { renderLiveTable } from './report/render-live-table.js';
export { renderText } from './report/render-text.js';
export type { RenderOptions, RenderParts, ReportFormat } from './report/report-format.js';
export { shellWord } from './report/shell-word.js';
export { TRIAL_COLUMNS, type TrialColumn, type TrialRow, trialRows } from './report/trial-rows.js';
export type {
  KernelTrialCounts,
  MetricCells,
  Report,
  ReportHead,
  ReportHost,
  ReportKernel,
  ReportProgress,
  ReportRow,
} from './report-model.js';
export type { RowStatus } from './row-status.js';
export type { SequenceEffects } from './sequence-effects.js';
export { type BlockValue, middleOf, type Series } from './series.js';
export type { StateCheck, StateDifference, StateSpread } from './state-gate.js';
export type { Estimate } from './statistics/estimate.js';
export { median } from './statistics/median.js';
export type { IntervalMethod, MedianInterval } from './statistics/median-interval.js';
export { pairedRatio } from './statistics/paired-ratio.js';
export type { Summary } from './statistics/summary.js';
export type {
  BlockDecision,
  MeasuredTable,
  RecordedHost,
  SweepRecord,
  SweepState,
} from './sweep-record.js';
export type { TrialCounts } from './trial-counts.js';
export { scenariosOf, trialValue } from './trial-value.js';
export { compareSweeps, type SweepComparison } from './two-sweeps/compare-sweeps.js';
export {
  COMPARISON_SCHEMA,
  renderComparison,
  renderComparisonJson,
} from './two-sweeps/render-comparison.js';
export {
  isRegressionVerdict,
  type Judgement,
  type Reason,
  type ReasonCode,
  type Verdict,
} from './verdict.js';
