// SPDX-License-Identifier: Apache-2.0
/** One line of a table of measurements, and what can be wrong with such a table. */
import type { Environment, FailureClass, Metric, Outcome } from '@labsweep/proto';

/** Absent is what the line, or the table, does not tell. */
export interface Measurement {
  /** Where the line begins, for messages about it. */
  readonly offset: number;
  readonly kernel: string;
  readonly repetition: number;
  /** Both absent on the line of a trial that printed nothing. */
  readonly metric?: string;
  readonly value?: number;
  readonly environment?: Environment;
  readonly smp?: number;
  readonly memoryMib?: number;
  readonly workload?: string;
  readonly host?: string;
  readonly scenario?: string;
  readonly unit?: string;
  readonly direction?: Metric['direction'];
  readonly kernelRelease?: string;
  readonly attempt?: number;
  readonly status?: Outcome['status'];
  readonly failure?: FailureClass;
  readonly accepted?: 'yes' | 'no' | 'undecided';
  readonly purpose?: string;
  readonly row?: string;
  readonly block?: string;
  readonly durationMs?: number;
}

export interface MeasurementTable {
  readonly measurements: readonly Measurement[];
  /** As the header names them. */
  readonly columns: readonly string[];
  readonly columnsNotRead: readonly string[];
}

/** Both from 1. */
export interface TablePlace {
  readonly line: number;
  readonly column: number;
}

export interface TableProblem extends TablePlace {
  /** What is wrong and what to try. */
  readonly message: string;
}

/** The table cannot be used. */
export class TableError extends Error {
  override readonly name = 'TableError';

  constructor(readonly problems: readonly TableProblem[]) {
    super(problems.map(({ message }) => message).join('\n'));
  }
}

export function placeOf(text: string, offset: number): TablePlace {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - start + 1 };
}
