// SPDX-License-Identifier: Apache-2.0
/** From what a measured noise floor was taken, in words by which a reader can take it again. */
import type { NoiseFloor } from '../noise-floor.js';
import { formatSignedChange, formatSpan } from './format-number.js';

/**
 * `v6.16 against itself, +0.1%, 95% CI -0.1% to +0.3%`. Of a sandwich with the step from the drift
 * to its half: the half of a factor is its root, which percentages of a large drift do not show.
 */
export function selfDifferenceText(
  { change, fraction, isSandwich }: Extract<NoiseFloor, { kind: 'a-a' }>,
  baseline: string,
): string {
  const { size } = formatSignedChange(change);
  const seen = `${size}, 95% CI ${formatSpan(change)}`;
  if (!isSandwich) return `${baseline} against itself, ${seen}`;
  const half = 1 + fraction;
  return (
    `half the drift of ${baseline} against itself, last turn / first, ${seen}: the far end is ` +
    `${factorText(half ** 2)}, the root of that ${factorText(half)}`
  );
}

/** With more digits where fewer would show no drift. */
function factorText(factor: number): string {
  return `${factor.toFixed(factor < 1.1 ? 4 : 2)}x`;
}
