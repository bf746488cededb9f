// SPDX-License-Identifier: Apache-2.0
/**
 * The coefficient of variation inside groups: what is left of a spread when each group has its own
 * level. Hosts are such groups: that two of them are unlike makes no measurement doubtful.
 */
import { meanOf } from './summary.js';

/**
 * The pooled standard deviation of values divided by the mean of their group, with one degree of
 * freedom lost for each group. One group gives the common coefficient of variation. Undefined when
 * no group has two values, or a mean is 0.
 */
export function spreadWithin(groups: readonly (readonly number[])[]): number | undefined {
  const filled = groups.filter((group) => group.length > 0);
  const degreesOfFreedom = filled.reduce((sum, group) => sum + group.length - 1, 0);
  if (degreesOfFreedom === 0 || filled.some((group) => meanOf(group) === 0)) return undefined;
  const squares = filled.flatMap((group) => {
    const mean = meanOf(group);
    return group.map((value) => (value / mean - 1) ** 2);
  });
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / degreesOfFreedom);
}
