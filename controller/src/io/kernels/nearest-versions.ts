// SPDX-License-Identifier: Apache-2.0
/** Orders things that have kernel versions by how near they are to a wanted version. Pure. */
import { compareKernelVersions, type KernelVersion } from './kernel-version.js';

interface Versioned {
  readonly version: KernelVersion;
}

/**
 * The nearest series first; in a series the one nearest to the wanted version; of an older and a
 * newer one that are equally near, the newer. So 6.17-rc3 gets 6.17.8, 6.17.13, 6.18.5, 6.16.12,
 * and so on.
 */
export function sortByNearness<Item extends Versioned>(
  items: readonly Item[],
  wanted: KernelVersion,
): readonly Item[] {
  const ascending = [...items].sort((left, right) =>
    compareKernelVersions(left.version, right.version),
  );
  const firstNewer = ascending.findIndex(
    (item) => compareKernelVersions(item.version, wanted) >= 0,
  );
  const border = firstNewer < 0 ? ascending.length : firstNewer;
  const sides = [ascending.slice(border), ascending.slice(0, border).reverse()];
  return sides
    .flatMap((side) => side.map((item) => ({ item, ...nearnessOf(item, side, wanted) })))
    .sort((left, right) => left.series - right.series || left.rank - right.rank)
    .map(({ item }) => item);
}

/** `rank` counts the items of the same side and series that are nearer. */
function nearnessOf(item: Versioned, side: readonly Versioned[], wanted: KernelVersion) {
  const series = seriesNumber(item.version);
  const sameSeries = side.filter((other) => seriesNumber(other.version) === series);
  return { series: Math.abs(series - seriesNumber(wanted)), rank: sameSeries.indexOf(item) };
}

/** A new major number means nothing but that the minor one had come to 19 or 20. */
function seriesNumber([major, minor]: KernelVersion): number {
  return major * 20 + minor;
}
