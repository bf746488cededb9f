// SPDX-License-Identifier: Apache-2.0
/**
 * What a script learns from the exit code of a sweep, when it asks for verdicts: a regression, or
 * that there is no verdict. Without being asked, a difference between two kernels is no failure.
 */
import {
  analyseSweep,
  isRegressionVerdict,
  type Judgement,
  type SweepRecord,
  type Verdict,
} from '@labsweep/analysis';
import { EXIT_NO_VERDICT, EXIT_REGRESSION } from './exit-codes.js';

export type FailOn = 'regression';

/** Some comparison has too few blocks, or none that holds. */
const UNJUDGED: readonly Verdict[] = ['too-few', 'not-comparable'];

/** Of the primary metric; a regression anywhere outweighs what is not judged elsewhere. */
export function verdictExitCode(record: SweepRecord): number {
  const judgements = analyseSweep(record).rows.flatMap(({ metrics }) =>
    (metrics[0]?.cells ?? []).flatMap(({ judgement }) => judgement ?? []),
  );
  if (judgements.some(isRegressionVerdict)) return EXIT_REGRESSION;
  return judgements.some(isUnjudged) ? EXIT_NO_VERDICT : 0;
}

/** A change in an order that was not drawn is neither a regression nor none. */
function isUnjudged(judgement: Judgement): boolean {
  const { verdict } = judgement;
  return UNJUDGED.includes(verdict) || (verdict === 'slower' && !isRegressionVerdict(judgement));
}
