// SPDX-License-Identifier: Apache-2.0
/**
 * One of the two rows that are put side by side, cut down to the hosts of one class, and the
 * kernels that ran in both. It compares no values.
 */
import type { HostId, KernelName, Metric, TrialEnded } from '@labsweep/proto';
import type { PrintedSeries } from './level-rounding.js';
import { metricQuantum } from './quantisation.js';
import { measuredTrials, type RowView } from './row-view.js';
import { referenceOf, type Series, seriesOf } from './series.js';

export interface EnvironmentSide {
  readonly view: RowView;
  /** Measured ones, on the hosts of the class. */
  readonly trials: readonly TrialEnded[];
}

/**
 * What a running kernel says of itself. A distribution's security update keeps the release, so the
 * version string, which counts builds, belongs to it.
 */
export interface KernelBuild {
  /** Empty when the trial does not tell. */
  readonly release: string;
  readonly version: string;
}

/** One kernel under the names that it has in either row. */
export interface KernelMatch extends KernelBuild {
  /** The release, with the kernel's native name where several kernels of it ran in both. */
  readonly label: string;
  readonly native: KernelName;
  readonly virtual: KernelName;
}

/** One release in both rows that is not one kernel. */
export interface OtherBuild {
  readonly release: string;
  readonly nativeVersions: readonly string[];
  readonly virtualVersion: string;
}

export function sideOf(view: RowView, isOfClass: (host: HostId) => boolean): EnvironmentSide {
  const trials = view.blocks.flatMap((block) => measuredTrials(block, view.environment));
  return { view, trials: trials.filter(({ host }) => isOfClass(host)) };
}

/** The values of a kernel while it was of this build: `host` may be one, then another. */
export function seriesOn(
  side: EnvironmentSide,
  wanted: KernelBuild & { readonly kernel: KernelName; readonly metric: string },
): Series {
  const blocks = new Set(
    side.trials
      .filter((trial) => trial.kernel === wanted.kernel && isSameBuild(buildOf(trial), wanted))
      .map(({ block }) => block),
  );
  return seriesOf(side.view, wanted).filter(({ block }) => blocks.has(block));
}

/** The same of the kernel that changes are taken from. */
export function referenceOn(side: EnvironmentSide, wanted: Parameters<typeof seriesOn>[1]): Series {
  return referenceOf(side.view, wanted, seriesOn(side, wanted));
}

/** The step in which values of a metric are printed in the row, as in its cells, if it matters. */
export function quantumOn(
  { view }: EnvironmentSide,
  metric: Metric,
): { readonly quantum?: number } {
  const series = view.planned.kernels.map((kernel) =>
    seriesOf(view, { kernel, metric: metric.name }),
  );
  const values = series.flatMap((each) => each.map(({ value }) => value));
  const quantum = metricQuantum(metric, values);
  return quantum === undefined ? {} : { quantum };
}

/** A kernel's values of a metric, with that step. */
export function printedOn(
  side: EnvironmentSide,
  kernel: KernelBuild & { readonly kernel: KernelName },
  metric: Metric,
): PrintedSeries {
  return { series: seriesOn(side, { ...kernel, metric: metric.name }), ...quantumOn(side, metric) };
}

/** Each kernel of a side with each build that it had there, in the order of the row. */
export function kernelsOf(side: EnvironmentSide): (KernelBuild & { kernel: KernelName })[] {
  return side.view.planned.kernels.flatMap((kernel) => {
    const builds = side.trials.filter((trial) => trial.kernel === kernel).map(buildOf);
    return builds
      .filter((build, index) => builds.findIndex((each) => isSameBuild(each, build)) === index)
      .map((build) => ({ kernel, ...build }));
  });
}

/**
 * By release and version, as the running kernel tells them. Where a row has several kernels of one
 * build (one image under two command lines), only the name can tell them apart.
 */
export function matchKernels(native: EnvironmentSide, virtual: EnvironmentSide): KernelMatch[] {
  const [natives, virtuals] = [kernelsOf(native), kernelsOf(virtual)];
  const matches = virtuals.flatMap(({ kernel, ...build }) => {
    if (build.release === '') return [];
    const alike = natives.filter((each) => isSameBuild(each, build));
    const sameName = alike.find((each) => each.kernel === kernel);
    if (sameName !== undefined) return [{ ...build, native: kernel, virtual: kernel }];
    const [only] = alike;
    const rivals = virtuals.filter((each) => isSameBuild(each, build));
    if (only === undefined || alike.length > 1 || rivals.length > 1) return [];
    return [{ ...build, native: only.kernel, virtual: kernel }];
  });
  return matches.map((match) => {
    const isShared = matches.some((each) => each !== match && each.release === match.release);
    return { ...match, label: isShared ? `${match.release} (${match.native})` : match.release };
  });
}

/** Kernels of the guests whose release ran natively too, but in no build that is theirs. */
export function otherBuilds(native: EnvironmentSide, virtual: EnvironmentSide): OtherBuild[] {
  return kernelsOf(virtual).flatMap((build) => {
    const alike = kernelsOf(native).filter(({ release }) => release === build.release);
    if (build.release === '' || alike.length === 0) return [];
    if (alike.some((each) => isSameBuild(each, build))) return [];
    const nativeVersions = [...new Set(alike.map(({ version }) => version))];
    return [{ release: build.release, nativeVersions, virtualVersion: build.version }];
  });
}

export function isSameBuild(one: KernelBuild, other: KernelBuild): boolean {
  return one.release === other.release && one.version === other.version;
}

export function buildOf({ outcome: { facts } }: TrialEnded): KernelBuild {
  const [release = '', version = ''] = [facts.kernel_release, facts.kernel_version];
  return { release, version };
}
