// SPDX-License-Identifier: Apache-2.0
/**
 * The formats a report can be had in: one list, from which the command line takes names, files and
 * help. Each is a pure function of the record and the report, so the same sweep gives the same
 * bytes wherever it is rendered. Formats that need a library stand with the command line.
 */
import type { Report } from '../report-model.js';
import type { SweepRecord } from '../sweep-record.js';
import { renderCsv } from './render-csv.js';
import { renderJson } from './render-json.js';
import { renderText } from './render-text.js';

/** What only the person who publishes a report can know. */
export interface RenderOptions {
  /**
   * Asks for the line that the regression bot of the kernel lists reads: `v6.16..v6.17`, both
   * upstream tags, or a commit. For `mail`.
   */
  readonly regzbot?: string;
  /** Where the raw data lie for all to see; https. For `mail`. */
  readonly url?: string;
  /** The name of the CI system, `[a-z0-9_]+`; `labsweep` unless given. For `kcidb`. */
  readonly origin?: string;
}

export interface RenderParts {
  readonly record: SweepRecord;
  /** Of that record. */
  readonly report: Report;
  readonly options: RenderOptions;
}

export interface ReportFormat {
  /** As the command line knows it. */
  readonly name: string;
  readonly fileName: string;
  readonly mediaType: string;
  /** What it is for, without a full stop. */
  readonly describe: string;
  /** Throws UsageError where an option does not fit the report. */
  readonly render: (parts: RenderParts) => string | Uint8Array;
}

export const FORMATS: readonly ReportFormat[] = [
  {
    name: 'text',
    fileName: 'report.txt',
    mediaType: 'text/plain; charset=us-ascii',
    describe: 'the whole report for a terminal, 80 columns',
    render: ({ report }) => renderText(report),
  },
  {
    name: 'json',
    fileName: 'results.json',
    mediaType: 'application/json',
    describe: 'report, plan and every outcome as data, with a published schema',
    render: ({ record, report }) => renderJson(record, report),
  },
  {
    name: 'csv',
    fileName: 'results.csv',
    mediaType: 'text/csv; charset=utf-8',
    describe: 'the raw series, one line per trial and metric, failed trials included',
    render: ({ record }) => renderCsv(record),
  },
];
