// SPDX-License-Identifier: Apache-2.0
/** All formats that the command line can write: the pure ones, and those that need a library. */
import { FORMATS, type ReportFormat } from '@labsweep/analysis';
import { PARQUET } from './parquet.js';

export const REPORT_FORMATS: readonly ReportFormat[] = [...FORMATS, PARQUET];
