// SPDX-License-Identifier: Apache-2.0
/**
 * Kernel versions as numbers: 6.17-rc3 < 6.17 < 6.17.13. Semantic versioning orders them wrongly,
 * and Debian's own order needs the tilde that file names and `uname` do not have. Pure.
 */

/** Major, minor, patch, release candidate (final is above all of them) and ABI number. */
export type KernelVersion = readonly [number, number, number, number, number];

const FINAL = 1000;
const PATTERN = /(?<![\d.])(\d+)\.(\d+)(?:\.(\d+))?(?:[-~]rc(\d+))?(?:-(\d+)(?![\d.]))?/;

/**
 * The first version in a text such as a package name or `uname -r`; undefined when there is none.
 */
export function parseKernelVersion(text: string): KernelVersion | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [, major, minor, patch, candidate, abi] = match;
  return [
    Number(major),
    Number(minor),
    Number(patch ?? 0),
    candidate === undefined ? FINAL : Number(candidate),
    Number(abi ?? 0),
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
