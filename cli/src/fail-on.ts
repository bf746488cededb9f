// SPDX-License-Identifier: Apache-2.0
/**
 * What a script learns from the exit code of a sweep, when it asks for verdicts: a regression, or
 * that there is no verdict. Without being asked, a difference between two kernels is no failure.
 */
import { analyseSweep, type SweepRecord, type Verdict } from '@labsweep/analysis';
import { EXIT_NO_VERDICT, EXIT_REGRESSION } from './exit-codes.js';

export type FailOn = 'regression';

/** Some comparison has too few blocks, or none that holds. */
const UNJUDGED: readonly Verdict[] = ['too-few', 'not-comparable'];

/** Of the primary metric; a regression anywhere outweighs what is not judged elsewhere. */
export function verdictExitCode(record: SweepRecord): number {
  const verdicts = analyseSweep(record).rows.flatMap(
    ({ metrics }) => metrics[0]?.cells.map(({ judgement }) => judgement?.verdict) ?? [],
  );
  if (verdicts.includes('slower')) return EXIT_REGRESSION;
  return verdicts.some((verdict) => verdict !== undefined && UNJUDGED.includes(verdict))
    ? EXIT_NO_VERDICT
    : 0;
}
