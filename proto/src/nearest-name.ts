// SPDX-License-Identifier: Apache-2.0
/** Finds what somebody who mistyped a name most likely meant. It does not word the suggestion. */

/** One slip in three letters is still a slip; more is another word. */
const LETTERS_PER_SLIP = 3;

/**
 * The known name with the fewest slips, the first of equals; undefined when all are too far off.
 * Upper and lower case count as the same letter.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const slipsMax = Math.max(1, Math.floor(name.length / LETTERS_PER_SLIP));
  let nearest: string | undefined;
  let fewest = slipsMax + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= fewest) continue;
    const slips = countSlips(name.toLowerCase(), candidate.toLowerCase());
    if (slips < fewest) [nearest, fewest] = [candidate, slips];
  }
  return nearest;
}

/**
 * Insertions, deletions, replacements and swaps of neighbours that turn one word into the other:
 * the optimal string alignment distance, by rows of its table, of which only three are alive.
 */
function countSlips(typed: string, meant: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: meant.length + 1 }, (_, column) => column);
  for (let row = 1; row <= typed.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= meant.length; column += 1) {
      const same = typed[row - 1] === meant[column - 1];
      const swapped = typed[row - 1] === meant[column - 2] && typed[row - 2] === meant[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped && row > 1 && column > 1 ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return last[meant.length] ?? 0;
}
