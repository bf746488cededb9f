// SPDX-License-Identifier: Apache-2.0
/**
 * Puts comparisons of which the same is to be said together, so that a report of many rows says it
 * once. It judges nothing.
 */
import type { Claim } from './headline.js';

/** Claims that share their words; `names` is for example `a, b (row 1, row 2); c (row 1)`. */
export interface VerdictGroup {
  readonly words: string;
  readonly names: string;
}

/** In the order in which the words first come. */
export function verdictGroups(
  claims: readonly Claim[],
  wordsOf: (claim: Claim) => string,
): VerdictGroup[] {
  return [...new Set(claims.map(wordsOf))].map((words) => ({
    words,
    names: namesOf(claims.filter((claim) => wordsOf(claim) === words)),
  }));
}

/** Kernels of the same rows share their list. */
function namesOf(claims: readonly Claim[]): string {
  const byRows = new Map<string, string[]>();
  for (const kernel of new Set(claims.map(({ cell }) => cell.kernel))) {
    const own = claims.filter(({ cell }) => cell.kernel === kernel).map(({ row }) => row.label);
    const rows = own.join(', ');
    byRows.set(rows, [...(byRows.get(rows) ?? []), kernel]);
  }
  return [...byRows].map(([rows, kernels]) => `${kernels.join(', ')} (${rows})`).join('; ');
}
