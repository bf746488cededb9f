// SPDX-License-Identifier: Apache-2.0
/** The formula of `gap closed` and the rule by which two centres of it tell different stories. */

export interface GapLevels {
  readonly good: number;
  readonly bad: number;
  readonly candidate: number;
}

/** Above this many percentage points between mean and median a reader is warned. */
export const STORY_LIMIT_POINTS = 5;

/** (bad - candidate) / (bad - good) as a fraction; undefined where bad equals good. */
export function gapFraction({ good, bad, candidate }: GapLevels): number | undefined {
  return bad === good ? undefined : (bad - candidate) / (bad - good);
}

/** How far apart two fractions are in points, when that is further than the limit. */
export function storyDistancePoints(
  byMean: number | undefined,
  byMedian: number | undefined,
): number | undefined {
  if (byMean === undefined || byMedian === undefined) return undefined;
  const points = Math.abs(byMean - byMedian) * 100;
  return points > STORY_LIMIT_POINTS ? points : undefined;
}
