// SPDX-License-Identifier: Apache-2.0
/**
 * Names values that lie far from the others. Naming is all it does: nothing is ever dropped.
 *
 * Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers, ASQC: the modified z score.
 */
import { median } from './median.js';

/** Of the modified z score, as its authors advise. */
export const OUTLIER_LIMIT = 3.5;
/** The median absolute deviation of a normal distribution, in standard deviations. */
const NORMAL_MAD = 0.6745;
/** Of the mean absolute deviation; stands in where more than half of the values are equal. */
const NORMAL_MEAN_DEVIATION = 0.7979;
/** Among fewer values the median of the deviations is itself nearly any of them. */
const VALUES_MIN = 5;

export interface Outlier {
  /** In the series. */
  readonly index: number;
  readonly value: number;
  /** With the sign of its side. */
  readonly score: number;
}

/** By place in the series; none below five values or where all are equal. */
export function findOutliers(values: readonly number[]): Outlier[] {
  if (values.length < VALUES_MIN) return [];
  const scores = modifiedZScores(values);
  return values.flatMap((value, index) => {
    const score = scores[index] ?? 0;
    return Math.abs(score) > OUTLIER_LIMIT ? [{ index, value, score }] : [];
  });
}

function modifiedZScores(values: readonly number[]): number[] {
  const middle = median(values);
  const deviations = values.map((value) => Math.abs(value - middle));
  const mad = median(deviations);
  const mean = deviations.reduce((sum, each) => sum + each, 0) / deviations.length;
  const sigma = mad > 0 ? mad / NORMAL_MAD : mean / NORMAL_MEAN_DEVIATION;
  return values.map((value) => (sigma === 0 ? 0 : (value - middle) / sigma));
}
