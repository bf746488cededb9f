// SPDX-License-Identifier: Apache-2.0
/** `labsweep compare A B`: two sweeps side by side, each from wherever it can be had. */
import { compareSweeps, renderComparison, renderComparisonJson } from '@labsweep/analysis';
import type { Address } from '@labsweep/proto';
import { recordOfLog } from '../record/record-of-log.js';
import { findSweep, readSweep } from '../source/sweep-source.js';

export interface CompareOptions {
  readonly a: string;
  readonly b: string;
  readonly controller?: readonly Address[];
  readonly cacheDirectory: string;
  readonly json: boolean;
}

/** Throws UsageError for what is no sweep. */
export async function compareCommand(options: CompareOptions): Promise<string> {
  const { controller, cacheDirectory, json } = options;
  const read = async (sweep: string) =>
    recordOfLog(await readSweep(await findSweep({ sweep, controller, cacheDirectory })));
  const a = await read(options.a);
  const b = await read(options.b);
  const comparison = compareSweeps(a, b);
  return json ? renderComparisonJson(comparison) : renderComparison(comparison);
}
