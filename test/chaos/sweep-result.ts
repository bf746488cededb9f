// SPDX-License-Identifier: Apache-2.0
/** Holds a sweep of the hurt lab against the same one of the calm lab. */
import { type Account, accountFor, faultlessTable, tableDifferences } from './faultless-table.js';
import { calmProblems, commonBlocks, type RowStop, rowStops, stopProblems } from './row-stops.js';
import { REPETITIONS, REPETITIONS_MIN, type SweepKind } from './sweeps.js';

export interface SweepResult extends Account {
  readonly number: number;
  readonly exitCode: number;
  readonly differences: readonly string[];
  /** Of the table that is the same in both labs. */
  readonly lines: number;
  /** Of the hurt lab; undefined for a sweep whose rows get all repetitions. */
  readonly stops: readonly RowStop[] | undefined;
}

const DIFFERENCES_SHOWN_MAX = 10;

export function compareSweep(
  { number, isPrecise }: SweepKind,
  exitCode: number,
  { out, calmOut }: { readonly out: string; readonly calmOut: string },
): SweepResult {
  const common = isPrecise ? commonBlocks(out, calmOut) : undefined;
  const table = faultlessTable(calmOut, common);
  const seen = faultlessTable(out, common);
  const differences = tableDifferences(seen, table, DIFFERENCES_SHOWN_MAX);
  const account = accountFor(out);
  const result = { number, exitCode, differences, lines: table.length, ...account };
  if (common === undefined) return { ...result, stops: undefined };
  const stops = rowStops(out);
  const inPlace = calmProblems(rowStops(calmOut), REPETITIONS);
  const problems = [...account.problems, ...stopProblems(stops, REPETITIONS_MIN), ...inPlace];
  return { ...result, problems, stops };
}
