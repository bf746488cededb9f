// SPDX-License-Identifier: Apache-2.0
/**
 * results.csv: one line per trial, attempt, scenario and metric, failed ones included, in full
 * precision.
 */
import type { SweepRecord } from '../sweep-record.js';
import { formatCsv } from './csv.js';
import { TRIAL_COLUMNS, trialRows } from './trial-rows.js';

export const CSV_COLUMNS = TRIAL_COLUMNS;

/** What a trial did not tell is an empty field. */
export function renderCsv(record: SweepRecord): string {
  return formatCsv([
    CSV_COLUMNS,
    ...trialRows(record).map((row) => CSV_COLUMNS.map((column) => String(row[column] ?? ''))),
  ]);
}
