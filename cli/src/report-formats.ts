// SPDX-License-Identifier: Apache-2.0
/**
 * Every format that the command line offers: those of analysis, which are pure. One that needs a
 * library, or the time of day, is added here. It renders nothing itself.
 */
import { FORMATS, type ReportFormat } from '@labsweep/analysis';
import { PARQUET } from './export/parquet.js';

/** The first is the one that nobody has to name. */
export const REPORT_FORMATS: readonly ReportFormat[] = [...FORMATS, PARQUET];

export function reportFormat(name: string): ReportFormat | undefined {
  return REPORT_FORMATS.find((format) => format.name === name);
}
