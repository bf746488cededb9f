// SPDX-License-Identifier: Apache-2.0
/**
 * Sorts the lines of a table into rows, blocks and trials. The same repetition on the same host is
 * a block, unless the table names its blocks.
 */
import type { Environment } from '@labsweep/proto';
import { type Measurement, placeOf, TableError, type TableProblem } from './measurement.js';

/** What a table that does not tell it is taken to mean. */
export const ASSUMED = { environment: 'native', smp: 1, host: 'not-told' } as const;

export interface MeasuredTrial {
  readonly kernel: string;
  readonly attempt: number;
  readonly host: string;
  readonly lines: readonly Measurement[];
}

export interface MeasuredBlock {
  readonly id: string;
  readonly repetition: number;
  /** In the order of the table. */
  readonly trials: readonly MeasuredTrial[];
}

export interface MeasuredRow {
  readonly id: string;
  readonly environment: Environment;
  readonly smp: number;
  readonly memoryMib: number;
  /** In the order of the whole table. */
  readonly kernels: readonly string[];
  readonly blocks: readonly MeasuredBlock[];
}

/** Throws TableError where two lines contradict each other. */
export function measuredRows(text: string, measurements: readonly Measurement[]): MeasuredRow[] {
  const problems = contradictions(text, measurements);
  if (problems.length > 0) throw new TableError(problems);
  const kernels = distinct(measurements.map(({ kernel }) => kernel));
  return [...groupBy(measurements, rowOf)].map(([id, lines]) => {
    const [first] = lines;
    const own = new Set(lines.map(({ kernel }) => kernel));
    return {
      id,
      environment: first?.environment ?? ASSUMED.environment,
      smp: first?.smp ?? ASSUMED.smp,
      memoryMib: first?.memoryMib ?? 0,
      kernels: kernels.filter((kernel) => own.has(kernel)),
      blocks: [...groupBy(lines, (line) => blockOf(id, line))].map(([block, ofBlock]) => ({
        id: block,
        repetition: ofBlock[0]?.repetition ?? 1,
        trials: trialsOf(ofBlock),
      })),
    };
  });
}

/** The scenario of a line; of several workloads in one table each is one more scenario. */
export function scenarioOf(
  line: Measurement,
  { isOfMany }: { readonly isOfMany: boolean },
): string {
  const parts = [isOfMany ? line.workload : undefined, line.scenario];
  return parts.filter((part) => part !== undefined).join('/');
}

export function hostOf({ host = ASSUMED.host }: Measurement): string {
  return host;
}

function rowOf(line: Measurement): string {
  const { row, environment = ASSUMED.environment, smp = ASSUMED.smp, memoryMib } = line;
  const memory = memoryMib === undefined ? '' : `-${memoryMib}mib`;
  return row ?? `${environment}-smp${smp}${memory}`;
}

function blockOf(row: string, line: Measurement): string {
  if (line.block !== undefined) return line.block;
  const host = line.host === undefined ? '' : `@${line.host}`;
  return `${row}/r${line.repetition}${host}`;
}

function trialsOf(lines: readonly Measurement[]): MeasuredTrial[] {
  const identity = (line: Measurement) =>
    JSON.stringify([line.kernel, line.attempt ?? 1, hostOf(line)]);
  return [...groupBy(lines, identity).values()].flatMap((ofTrial) => {
    const [first] = ofTrial;
    if (first === undefined) return [];
    const { kernel, attempt = 1 } = first;
    return [{ kernel, attempt, host: hostOf(first), lines: ofTrial }];
  });
}

/** Two values of one thing, or two shapes of one row. */
function contradictions(text: string, measurements: readonly Measurement[]): TableProblem[] {
  const values = new Map<string, Measurement>();
  const shapes = new Map<string, Measurement>();
  const units = new Map<string, Measurement>();
  return measurements.flatMap((line): TableProblem[] => {
    const { kernel, metric, attempt = 1, workload, scenario } = line;
    const row = rowOf(line);
    const place = [blockOf(row, line), kernel, attempt, hostOf(line), workload, scenario, metric];
    const same = first(values, JSON.stringify(place), line);
    const shape = first(shapes, row, line);
    const unit = metric === undefined ? line : first(units, metric, line);
    const at = (other: Measurement) => `line ${placeOf(text, other.offset).line}`;
    const messages = [
      ...(same === line
        ? []
        : [
            `the same kernel, metric and repetition as on ${at(same)}; number the repetitions, or ` +
              'tell the lines apart by environment, smp, host or scenario',
          ]),
      ...(shape.smp === line.smp && shape.memoryMib === line.memoryMib
        ? []
        : [`the row '${row}' has another smp or memory on ${at(shape)}`]),
      ...(unit.unit === line.unit && unit.direction === line.direction
        ? []
        : [`'${metric}' has another unit or direction on ${at(unit)}; a metric has one of each`]),
    ];
    return messages.map((message) => ({ ...placeOf(text, line.offset), message }));
  });
}

/** The first line that came under the key. */
function first(seen: Map<string, Measurement>, key: string, line: Measurement): Measurement {
  const known = seen.get(key);
  if (known === undefined) seen.set(key, line);
  return known ?? line;
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}
