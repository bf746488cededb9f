// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the text of a table of measurements: CSV with a header, columns found by name. It knows one
 * line at a time, and nothing of what the lines mean together.
 */
import { nearestName } from '@labsweep/proto';
import { CsvError, type CsvField, parseCsvFields } from '../report/csv.js';
import {
  type Measurement,
  type MeasurementTable,
  placeOf,
  TableError,
  type TableProblem,
} from './measurement.js';
import { COLUMNS, type Column, REQUIRED_COLUMNS } from './measurement-columns.js';

/** One slip repeats on every line. */
export const PROBLEMS_MAX = 10;
const BYTE_ORDER_MARK = '\uFEFF';

interface Found {
  readonly offset: number;
  readonly message: string;
}

/** Throws TableError with every problem, up to a limit. */
export function readMeasurementTable(original: string): MeasurementTable {
  const text = original.startsWith(BYTE_ORDER_MARK) ? original.slice(1) : original;
  const fail = (found: readonly Found[]): never => {
    throw new TableError(
      found
        .slice(0, PROBLEMS_MAX)
        .map(({ offset, message }): TableProblem => ({ ...placeOf(text, offset), message })),
    );
  };
  const records = parsed(text, fail).filter(isNotBlank);
  const [header = [], ...lines] = records;
  const wrong = headerProblems(header);
  if (wrong.length > 0) fail(wrong);
  const problems: Found[] = [];
  const measurements: Measurement[] = [];
  for (const line of lines) {
    if (problems.length >= PROBLEMS_MAX) break;
    const { measurement, found } = readLine(header, line);
    problems.push(...found);
    measurements.push(measurement);
  }
  if (problems.length > 0) fail(problems);
  if (measurements.length === 0) {
    fail([{ offset: 0, message: 'there is no line below the header' }]);
  }
  const columns = header.map(nameOf);
  return {
    measurements,
    columns,
    columnsNotRead: columns.filter((name) => !COLUMNS.has(name)),
  };
}

function parsed(text: string, fail: (found: readonly Found[]) => never): CsvField[][] {
  try {
    return parseCsvFields(text);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const message = 'a quote is open or misplaced; quote the whole field and double quotes in it';
    return fail([{ offset: error.offset, message }]);
  }
}

function isNotBlank(fields: readonly CsvField[]): boolean {
  return fields.length > 1 || fields[0]?.text.trim() !== '';
}

function nameOf({ text }: CsvField): string {
  return text.trim().toLowerCase();
}

function headerProblems(header: readonly CsvField[]): Found[] {
  const [first] = header;
  if (first === undefined) return [{ offset: 0, message: 'the table is empty' }];
  const other = header.length === 1 ? /[;\t]/.exec(first.text)?.[0] : undefined;
  if (other !== undefined) {
    const called = other === ';' ? 'semicolons' : 'tabs';
    return [{ offset: first.offset, message: `columns are separated by commas, not ${called}` }];
  }
  const names = header.map(nameOf);
  const twice = header.filter((field, index) => names.indexOf(nameOf(field)) < index);
  return [
    ...twice.map((field) => ({
      offset: field.offset,
      message: `the column '${nameOf(field)}' stands there twice; rename one`,
    })),
    ...REQUIRED_COLUMNS.filter((name) => !names.includes(name)).map((name) => {
      const strangers = names.filter((each) => !COLUMNS.has(each));
      const nearest = nearestName(name, strangers);
      const hint = nearest === undefined ? '' : `; is it '${nearest}'?`;
      const needed = REQUIRED_COLUMNS.join(', ');
      const message = `there is no column '${name}', of ${needed}, which are needed${hint}`;
      return { offset: first.offset, message };
    }),
  ];
}

interface Line {
  readonly measurement: Measurement;
  readonly found: readonly Found[];
}

function readLine(header: readonly CsvField[], fields: readonly CsvField[]): Line {
  const offset = fields[0]?.offset ?? 0;
  if (fields.length !== header.length) {
    const message = `${fields.length} fields, and the header has ${header.length}; quote commas`;
    return { measurement: { offset, kernel: '', repetition: 1 }, found: [{ offset, message }] };
  }
  const values: Record<string, unknown> = { offset };
  const found: Found[] = [];
  fields.forEach((field, index) => {
    const name = nameOf(header[index] as CsvField);
    const column = COLUMNS.get(name);
    const text = field.text.trim();
    if (column === undefined || text === '') return;
    const message = readInto(values, column, text);
    if (message !== undefined) found.push({ offset: field.offset, message: `${name}: ${message}` });
  });
  const measurement = values as unknown as Measurement;
  // What is wrong is not missing as well.
  if (found.length === 0) found.push(...gaps(measurement, { header, fields }));
  return { measurement, found };
}

function readInto(
  values: Record<string, unknown>,
  { field, read }: Column,
  text: string,
): string | undefined {
  const reading = read(text);
  if ('problem' in reading) return reading.problem;
  values[field] = reading.value;
  return undefined;
}

/**
 * A trial whose status is told may lack values: it failed, or did not print them. One that failed
 * must say how.
 */
function gaps(
  measurement: Measurement,
  at: { readonly header: readonly CsvField[]; readonly fields: readonly CsvField[] },
): Found[] {
  const { status, purpose = 'timing', failure } = measurement;
  if (purpose !== 'timing') return [];
  const hasFailed = status !== undefined && status !== 'measured';
  const needed = status === undefined ? REQUIRED_COLUMNS : (['kernel', 'repetition'] as const);
  const missing = needed.filter((name) => measurement[name] === undefined);
  const offsetOf = (name: string) =>
    at.fields[at.header.findIndex((field) => nameOf(field) === name)]?.offset ?? measurement.offset;
  return [
    ...missing.map((name) => ({
      offset: offsetOf(name),
      message: `${name}: it is empty; leave the line out, or say by status how the trial failed`,
    })),
    ...(hasFailed && failure === undefined
      ? [
          {
            offset: offsetOf('status'),
            message: `status: a trial that is ${status} needs its class in the column failure`,
          },
        ]
      : []),
  ];
}
