// SPDX-License-Identifier: Apache-2.0
/**
 * `labsweep report`: the report of a sweep, a folder, a bundle or a table of measurements, in any
 * format, without measuring anything.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  analyseSweep,
  type RenderOptions,
  type ReportFormat,
  type SweepRecord,
} from '@labsweep/analysis';
import { type Address, messageOf, nearestName, UsageError } from '@labsweep/proto';
import { recordOfLog } from '../record/record-of-log.js';
import { REPORT_FORMATS, reportFormat } from '../report-formats.js';
import { readMeasurements } from '../source/read-measurements.js';
import { findSweep, readSweep } from '../source/sweep-source.js';

export interface ReportCommandOptions {
  readonly sweep?: string;
  /** A table of measurements made elsewhere. */
  readonly from?: string;
  /** Of such a table. */
  readonly baseline?: string;
  readonly metric?: string;
  readonly controller?: readonly Address[];
  readonly cacheDirectory: string;
  /** `all` writes each into the folder `output`. */
  readonly format: string;
  readonly output?: string;
  /** Of formats that ask for more than the record holds. */
  readonly render: RenderOptions;
  readonly isTerminal: boolean;
  print(data: string | Uint8Array): void;
  tell(line: string): void;
}

const ALL = 'all';

/** Throws UsageError for what cannot be read or rendered, and where it cannot be written. */
export async function reportCommand(options: ReportCommandOptions): Promise<void> {
  const { format: name, output, print, tell, isTerminal } = options;
  const format = name === ALL ? undefined : formatNamed(name);
  if (format === undefined && output === undefined) {
    throw new UsageError('--format all needs a folder: -o DIR');
  }
  const record = await recordFor(options);
  const input = { record, report: analyseSweep(record), options: options.render };
  if (output === undefined) {
    const data = format?.render(input) ?? '';
    if (typeof data !== 'string' && isTerminal) {
      throw new UsageError(`${name} is not for a terminal; write it to a file: -o FILE`);
    }
    print(data);
    return;
  }
  const targets: readonly (readonly [ReportFormat, string])[] =
    format === undefined
      ? REPORT_FORMATS.map((each) => [each, join(output, each.fileName)] as const)
      : [[format, output]];
  if (format === undefined) await mkdir(output, { recursive: true }).catch(refuse(output));
  for (const [each, path] of targets) {
    await writeFile(path, each.render(input)).catch(refuse(path));
    tell(`written to ${path}`);
  }
}

async function recordFor(options: ReportCommandOptions): Promise<SweepRecord> {
  const { sweep, from, baseline, metric, controller, cacheDirectory } = options;
  if ((sweep === undefined) === (from === undefined)) {
    throw new UsageError('report: name a sweep, its folder or its bundle, or --from FILE.csv');
  }
  if (from !== undefined) return readMeasurements(from, { baseline, metric });
  if (baseline !== undefined || metric !== undefined) {
    throw new UsageError('report: --baseline and --metric are for --from; a sweep has its own');
  }
  const source = await findSweep({ sweep: sweep ?? '', controller, cacheDirectory });
  return recordOfLog(await readSweep(source));
}

function formatNamed(name: string): ReportFormat {
  const format = reportFormat(name);
  if (format !== undefined) return format;
  const names = [...REPORT_FORMATS.map((each) => each.name), ALL];
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  throw new UsageError(`--format: '${name}' is not one of ${names.join(', ')}${hint}`);
}

function refuse(path: string): (error: unknown) => never {
  return (error) => {
    throw new UsageError(`cannot write ${path}: ${messageOf(error)}`, { cause: error });
  };
}
