// SPDX-License-Identifier: Apache-2.0
/**
 * Puts kernels in the order in which they are searched, and finds in it what the user calls the
 * good end and the bad one. Pure.
 */
import {
  compareKernelVersions,
  type KernelVersion,
  parseKernelVersion,
  sortByNearness,
} from '@labsweep/controller';
import { UsageError } from '@labsweep/proto';

export interface ListedKernel {
  readonly name: string;
  /** As a spec has it. */
  readonly source: string;
}

const OFFER_LIMIT = 5;

/**
 * By their versions when every kernel has one, in its name or else in its source; else as listed.
 */
export function inReleaseOrder(kernels: readonly ListedKernel[]): readonly ListedKernel[] {
  const dated = kernels.map((kernel) => ({ kernel, version: versionOf(kernel) }));
  if (dated.some(({ version }) => version === undefined)) return kernels;
  return dated
    .toSorted((left, right) => {
      return compareKernelVersions(left.version ?? NONE, right.version ?? NONE);
    })
    .map(({ kernel }) => kernel);
}

const NONE: KernelVersion = [0, 0, 0, 0, 0];

/**
 * The kernels from the good end to the bad one, both included; against the order of releases when
 * the good one is the newer. Throws UsageError for an end that is not in the list.
 */
export function betweenEnds(
  kernels: readonly ListedKernel[],
  ends: { readonly good: string; readonly bad: string },
): readonly ListedKernel[] {
  const good = findKernel(kernels, '--good', ends.good);
  const bad = findKernel(kernels, '--bad', ends.bad);
  if (good === bad) {
    throw new UsageError(`--good and --bad are both ${kernels[good]?.name}; name two kernels`);
  }
  if (good < bad) return kernels.slice(good, bad + 1);
  return kernels.slice(bad, good + 1).toReversed();
}

/** By name, else by release, with or without a `v` in front. */
function findKernel(kernels: readonly ListedKernel[], option: string, text: string): number {
  const named = kernels.findIndex(({ name }) => name === text);
  if (named >= 0) return named;
  const wanted = parseKernelVersion(text);
  const alike = kernels
    .map((kernel, index) => ({ index, kernel }))
    .filter(({ kernel }) => wanted !== undefined && hasRelease(kernel, wanted));
  const [only, ...others] = alike;
  if (only !== undefined && others.length === 0) return only.index;
  if (only !== undefined) {
    const names = alike.map(({ kernel }) => kernel.name).join(', ');
    throw new UsageError(`${option} ${text}: that may be ${names}; give the name of one`);
  }
  throw new UsageError(`${option} ${text}: no such kernel; the list has ${offer(kernels, wanted)}`);
}

/** What stands behind the release, such as a build number, is left to the name. */
function hasRelease(kernel: ListedKernel, wanted: KernelVersion): boolean {
  return versionsOf(kernel).some((version) =>
    version.slice(0, 4).every((part, at) => part === wanted[at]),
  );
}

function offer(kernels: readonly ListedKernel[], wanted: KernelVersion | undefined): string {
  const dated = kernels.flatMap(({ name, source }) => {
    const version = versionOf({ name, source });
    return version === undefined ? [] : [{ name, version }];
  });
  const near = wanted === undefined ? dated : sortByNearness(dated, wanted);
  const names = (near.length > 0 ? near : kernels).map(({ name }) => name);
  const rest = kernels.length - OFFER_LIMIT;
  return `${names.slice(0, OFFER_LIMIT).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function versionOf(kernel: ListedKernel): KernelVersion | undefined {
  return versionsOf(kernel)[0];
}

/** In the name first. Of a path only the user knows whether a number in it is a version. */
function versionsOf({ name, source }: ListedKernel): readonly KernelVersion[] {
  const packageText = source.startsWith('debian:') ? source.slice(source.indexOf('/')) : '';
  return [name, packageText].map(parseKernelVersion).filter((version) => version !== undefined);
}
