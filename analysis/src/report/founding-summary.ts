// SPDX-License-Identifier: Apache-2.0
/**
 * Reads a summary CSV of kernel x CPU count x metric, as the founding report published it. A
 * summary has no raw series, so nothing read here can get an interval.
 */
import { parseCsv } from './csv.js';

/** One cell of a summary: what is left of the runs of one kernel, CPU count and metric. */
export interface SummaryCell {
  readonly smp: number;
  readonly metric: string;
  readonly kernel: string;
  readonly release: string;
  readonly mean: number;
  readonly median: number;
  /** As a fraction. */
  readonly cv: number;
  readonly runsOk: number;
  readonly runsFailed: number;
  /** Empty when no run failed. */
  readonly failureReasons: string;
}

/** Columns are found by name, in any order. Throws an Error that names the line and the column. */
export function readFoundingSummary(text: string): SummaryCell[] {
  const [header = [], ...records] = parseCsv(text);
  return records.map((fields, index) => {
    const read = (column: string): string => {
      const field = fields[header.indexOf(column)];
      if (field !== undefined) return field;
      throw new Error(`summary CSV, line ${index + 2}: no column ${column}; add it to the header`);
    };
    const readNumber = (column: string): number => {
      const value = Number(read(column));
      if (read(column) !== '' && Number.isFinite(value)) return value;
      throw new Error(
        `summary CSV, line ${index + 2}: ${column} is "${read(column)}", not a number`,
      );
    };
    return {
      smp: readNumber('cpu'),
      metric: read('metric'),
      kernel: read('version'),
      release: read('exact_version'),
      mean: readNumber('value'),
      median: readNumber('median_value'),
      cv: readNumber('cv'),
      runsOk: readNumber('ok_runs'),
      runsFailed: readNumber('failed_runs'),
      failureReasons: read('failure_reasons'),
    };
  });
}
