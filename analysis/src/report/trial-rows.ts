// SPDX-License-Identifier: Apache-2.0
/**
 * The raw series as rows of named columns, failed trials included: what CSV and Parquet both write.
 * Nothing is summarised here.
 */
import type { TrialEnded } from '@labsweep/proto';
import { type BlockHistory, blockHistories } from '../block-history.js';
import { kernelReleases } from '../report-head.js';
import type { SweepRecord } from '../sweep-record.js';
import { scenariosOf, trialValue } from '../trial-value.js';

/** Absent is what a trial did not tell, such as the value of one that failed. */
export interface TrialRow {
  readonly environment: string;
  readonly smp: number;
  readonly workload: string;
  readonly scenario?: string;
  readonly kernel: string;
  readonly repetition: number;
  readonly attempt: number;
  readonly status: string;
  readonly metric?: string;
  readonly value?: number;
  readonly unit?: string;
  readonly row: string;
  readonly block: string;
  readonly host: string;
  readonly kernel_release?: string;
  /** `undecided` as long as no attempt of the block was chosen. */
  readonly accepted: 'yes' | 'no' | 'undecided';
  readonly failure?: string;
  readonly duration_ms: number;
  readonly purpose: string;
  readonly started_at_ms: number;
}

export type TrialColumn = keyof TrialRow;

/** The order is a promise to the scripts of users: new columns go to the end. */
export const TRIAL_COLUMNS = [
  'environment',
  'smp',
  'workload',
  'scenario',
  'kernel',
  'repetition',
  'attempt',
  'status',
  'metric',
  'value',
  'unit',
  'row',
  'block',
  'host',
  'kernel_release',
  'accepted',
  'failure',
  'duration_ms',
  'purpose',
  'started_at_ms',
] as const satisfies readonly TrialColumn[];

/** Rows in plan order, then repetition, attempt and log order; metrics in the order of the spec. */
export function trialRows(record: SweepRecord): TrialRow[] {
  const histories = blockHistories(record);
  return record.plan.rows.flatMap((row) =>
    histories
      .filter((block) => block.planned.row === row.id)
      .toSorted((a, b) => a.planned.repetition - b.planned.repetition)
      .flatMap((block) =>
        block.entries.flatMap((entry) => rowsOfTrial(record, { block, entry, smp: row.shape.smp })),
      ),
  );
}

interface TrialParts {
  readonly block: BlockHistory;
  readonly entry: TrialEnded;
  readonly smp: number;
}

/**
 * A trial that printed no result still has one row, with neither metric nor value. So has one that
 * was not for timing: a script that averages the column of values must not meet its numbers.
 */
function rowsOfTrial(record: SweepRecord, parts: TrialParts): TrialRow[] {
  const { outcome } = parts.entry;
  const common = commonColumns(record, parts);
  const scenarios = scenariosOf(outcome);
  if (scenarios.length === 0 || parts.entry.purpose !== 'timing') return [common];
  return scenarios.flatMap((scenario) =>
    record.spec.workload.metrics.map((metric) => {
      const value = trialValue(outcome, { scenario, metric: metric.name });
      return {
        ...common,
        scenario,
        metric: metric.name,
        ...(value === undefined ? {} : { value }),
        unit: metric.unit,
      };
    }),
  );
}

function commonColumns(record: SweepRecord, { block, entry, smp }: TrialParts): TrialRow {
  const { outcome } = entry;
  const release = outcome.facts.kernel_release ?? kernelReleases(record, entry.kernel)[0];
  return {
    environment: entry.environment,
    smp,
    workload: record.spec.workload.name,
    kernel: entry.kernel,
    repetition: block.planned.repetition,
    attempt: entry.attempt,
    status: outcome.status,
    row: block.planned.row,
    block: entry.block,
    host: entry.hostName,
    ...(release === undefined ? {} : { kernel_release: release }),
    accepted: acceptance(block, entry),
    ...(outcome.failure === undefined ? {} : { failure: outcome.failure.class }),
    duration_ms: entry.durationMs,
    purpose: entry.purpose,
    started_at_ms: entry.startedAtMs,
  };
}

function acceptance(block: BlockHistory, entry: TrialEnded): TrialRow['accepted'] {
  if (block.standing !== 'accepted') return 'undecided';
  return block.counted.includes(entry) ? 'yes' : 'no';
}
