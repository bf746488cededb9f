// SPDX-License-Identifier: Apache-2.0
/**
 * What every format of a report is: a name for the command line, and a pure function. The list of
 * formats stands in `formats.ts`.
 */
import type { Report } from '../report-model.js';
import type { SweepRecord } from '../sweep-record.js';

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
