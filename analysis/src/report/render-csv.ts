// SPDX-License-Identifier: Apache-2.0
/**
 * results.csv: one line per trial, attempt, scenario and metric, failed ones included, in full
 * precision. Nothing is summarised here.
 */
import type { TrialEnded } from '@labsweep/proto';
import { type BlockHistory, blockHistories } from '../block-history.js';
import { kernelReleases } from '../report-head.js';
import type { SweepRecord } from '../sweep-record.js';
import { scenariosOf, trialValue } from '../trial-value.js';
import { formatCsv } from './csv.js';

/** The order is a promise to the scripts of users: new columns go to the end. */
export const CSV_COLUMNS = [
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
] as const;

type CsvRecord = Record<(typeof CSV_COLUMNS)[number], string>;

/** Rows in plan order, then repetition, attempt and log order; metrics in the order of the spec. */
export function renderCsv(record: SweepRecord): string {
  const histories = blockHistories(record);
  const lines = record.plan.rows.flatMap((row) =>
    histories
      .filter((block) => block.planned.row === row.id)
      .toSorted((a, b) => a.planned.repetition - b.planned.repetition)
      .flatMap((block) =>
        block.entries.flatMap((entry) =>
          trialLines(record, { block, entry, smp: String(row.shape.smp) }),
        ),
      ),
  );
  return formatCsv([
    CSV_COLUMNS,
    ...lines.map((line) => CSV_COLUMNS.map((column) => line[column])),
  ]);
}

interface TrialParts {
  readonly block: BlockHistory;
  readonly entry: TrialEnded;
  readonly smp: string;
}

/**
 * A trial that printed no result still has one line, with neither metric nor value. So has one that
 * was not for timing: a script that averages the column of values must not meet its numbers.
 */
function trialLines(record: SweepRecord, parts: TrialParts): CsvRecord[] {
  const { outcome } = parts.entry;
  const common = commonColumns(record, parts);
  const scenarios = scenariosOf(outcome);
  if (scenarios.length === 0 || parts.entry.purpose !== 'timing') return [common];
  return scenarios.flatMap((scenario) =>
    record.spec.workload.metrics.map((metric) => ({
      ...common,
      scenario,
      metric: metric.name,
      value: String(trialValue(outcome, { scenario, metric: metric.name }) ?? ''),
      unit: metric.unit,
    })),
  );
}

function commonColumns(record: SweepRecord, { block, entry, smp }: TrialParts): CsvRecord {
  const { outcome } = entry;
  const release = outcome.facts.kernel_release ?? kernelReleases(record, entry.kernel)[0];
  return {
    environment: entry.environment,
    smp,
    workload: record.spec.workload.name,
    scenario: '',
    kernel: entry.kernel,
    repetition: String(block.planned.repetition),
    attempt: String(entry.attempt),
    status: outcome.status,
    metric: '',
    value: '',
    unit: '',
    row: block.planned.row,
    block: entry.block,
    host: entry.hostName,
    kernel_release: release ?? '',
    accepted: acceptance(block, entry),
    failure: outcome.failure?.class ?? '',
    duration_ms: String(entry.durationMs),
    purpose: entry.purpose,
  };
}

/** `undecided` as long as no attempt of the block was chosen. */
function acceptance(block: BlockHistory, entry: TrialEnded): string {
  if (block.standing !== 'accepted') return 'undecided';
  return block.counted.includes(entry) ? 'yes' : 'no';
}
