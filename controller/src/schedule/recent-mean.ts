// SPDX-License-Identifier: Apache-2.0
/** The mean of durations, in which older ones fade. */

/** Older trials fade: a host whose clock rate fell, or a cache that is warm now, is soon seen. */
const WEIGHT_MIN = 1 / 8;

export interface RecentMean {
  valueMs: number;
  /** 0 while there is nothing to tell. */
  count: number;
}

export function emptyMean(): RecentMean {
  return { valueMs: 0, count: 0 };
}

export function learn(mean: RecentMean, durationMs: number): void {
  mean.count += 1;
  mean.valueMs += (durationMs - mean.valueMs) * Math.max(WEIGHT_MIN, 1 / mean.count);
}

/** Undefined when nothing was learned. */
export function learnedMs(mean: RecentMean | undefined): number | undefined {
  return mean === undefined || mean.count === 0 ? undefined : mean.valueMs;
}
