// SPDX-License-Identifier: Apache-2.0
/**
 * One of the two rows that are put side by side, cut down to the hosts of one class, and the
 * kernels that ran in both. It compares no values.
 */
import type { HostId, KernelName, TrialEnded } from '@labsweep/proto';
import { measuredTrials, type RowView } from './row-view.js';
import { type Series, seriesOf } from './series.js';

export interface EnvironmentSide {
  readonly view: RowView;
  /** Measured ones, on the hosts of the class. */
  readonly trials: readonly TrialEnded[];
}

/** One kernel under the names that it has in either row. */
export interface KernelMatch {
  readonly release: string;
  readonly native: KernelName;
  readonly virtual: KernelName;
}

export function sideOf(view: RowView, isOfClass: (host: HostId) => boolean): EnvironmentSide {
  const trials = view.blocks.flatMap((block) => measuredTrials(block, view.environment));
  return { view, trials: trials.filter(({ host }) => isOfClass(host)) };
}

/** The values of a kernel while it was of this release: `host` may be one, then another. */
export function seriesOn(
  side: EnvironmentSide,
  wanted: { readonly kernel: KernelName; readonly release: string; readonly metric: string },
): Series {
  const blocks = new Set(
    side.trials
      .filter((trial) => trial.kernel === wanted.kernel && releaseOf(trial) === wanted.release)
      .map(({ block }) => block),
  );
  return seriesOf(side.view, wanted).filter(({ block }) => blocks.has(block));
}

/** Each kernel of a side with each release that it had there, in the order of the row. */
export function kernelsOf(side: EnvironmentSide): { kernel: KernelName; release: string }[] {
  return side.view.planned.kernels.flatMap((kernel) => {
    const trials = side.trials.filter((trial) => trial.kernel === kernel);
    return [...new Set(trials.map(releaseOf))].map((release) => ({ kernel, release }));
  });
}

/**
 * By release, as the running kernel tells it. Where a row has several kernels of one release (a
 * patched one beside its parent), only the name can tell them apart.
 */
export function matchKernels(native: EnvironmentSide, virtual: EnvironmentSide): KernelMatch[] {
  const [natives, virtuals] = [kernelsOf(native), kernelsOf(virtual)];
  return virtuals.flatMap(({ kernel, release }) => {
    if (release === '') return [];
    const alike = natives.filter((each) => each.release === release);
    const sameName = alike.find((each) => each.kernel === kernel);
    if (sameName !== undefined) return [{ release, native: kernel, virtual: kernel }];
    const [only] = alike;
    const rivals = virtuals.filter((each) => each.release === release);
    if (only === undefined || alike.length > 1 || rivals.length > 1) return [];
    return [{ release, native: only.kernel, virtual: kernel }];
  });
}

/** Empty when the trial does not tell. */
function releaseOf({ outcome }: TrialEnded): string {
  return outcome.facts.kernel_release ?? '';
}
