// SPDX-License-Identifier: Apache-2.0
/** Finds repetitions that contradict each other or that nothing asks for. */
import type { Finding } from './finding.js';
import type { SpecDraft } from './spec-draft.js';

export function findPrecisionProblems(draft: SpecDraft): readonly Finding[] {
  const { repetitions, repetitionsMin, hasPrecision } = draft;
  if (repetitionsMin === undefined) return [];
  const place = { path: ['repetitions_min'], at: 'value' as const };
  if (!hasPrecision) {
    const what = 'no row can stop early without a `precision`';
    return [{ ...place, what, hint: 'add `precision = "2%"`, or take this out' }];
  }
  if (repetitions === undefined || repetitionsMin <= repetitions) return [];
  const what = `${repetitionsMin}, and \`repetitions\` allows at most ${repetitions}`;
  return [{ ...place, what, hint: 'raise `repetitions`, which is the most that a row gets' }];
}
