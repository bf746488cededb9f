// SPDX-License-Identifier: Apache-2.0
/**
 * Kernel versions as numbers: 6.17-rc3 < 6.17-rc3-12-g0abc < 6.17 < 6.17.13. Semantic versioning
 * orders them wrongly, and Debian's own order needs the tilde that file names and `uname` do not
 * have. A hash says nothing of order, and does not count. Pure.
 */

/**
 * Major, minor, patch, release candidate (final is above all of them), and what came on top: the
 * commits of `git describe`, an ABI or Debian revision number, or the date of a linux-next, which
 * has more in it than any of them.
 */
export type KernelVersion = readonly [number, number, number, number, number];

const FINAL = 1000;
/** Of a linux-next that does not say what it is based on: newer than every release. */
const NEXT_MAJOR = 9999;
const PATTERN =
  /(?<![\d.])(\d+)\.(\d+)(?:\.(\d+))?(?:[-~]rc(\d+))?(?:-(?:next-(\d{8})|(\d+)(?![\d.])))?/;
const BARE_NEXT = /(?:^|[^a-z0-9])next-(\d{8})(?!\d)/;

/**
 * The first version in a text such as a package name or `uname -r`; undefined when there is none.
 */
export function parseKernelVersion(text: string): KernelVersion | undefined {
  const match = PATTERN.exec(text);
  if (match === null) {
    const date = BARE_NEXT.exec(text)?.[1];
    return date === undefined ? undefined : [NEXT_MAJOR, 0, 0, FINAL, Number(date)];
  }
  const [, major, minor, patch, candidate, nextDate, number] = match;
  return [
    Number(major),
    Number(minor),
    Number(patch ?? 0),
    candidate === undefined ? FINAL : Number(candidate),
    Number(nextDate ?? number ?? 0),
  ];
}

/** Negative when `left` is older, as `Array.prototype.sort` wants it. */
export function compareKernelVersions(left: KernelVersion, right: KernelVersion): number {
  return firstDifference(left, right);
}

/** Negative when the first of two equally long lists is smaller at the first place that differs. */
function firstDifference(left: readonly number[], right: readonly number[]): number {
  for (const [index, part] of left.entries()) {
    const difference = part - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
