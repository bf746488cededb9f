// SPDX-License-Identifier: Apache-2.0
/**
 * Gathers what attribution trials counted inside functions of the kernel. A traced kernel is slower
 * than a plain one, so nothing of this ever meets a value of a timing trial.
 */
import type { KernelName, TrialEnded } from '@labsweep/proto';
import type { BlockHistory } from './block-history.js';
import type { RowView } from './row-view.js';
import { median } from './statistics/median.js';
import { measuredBeside } from './workload-state.js';

export interface KernelAttribution {
  readonly kernel: KernelName;
  /** Trials that profiled. */
  readonly trials: number;
  /** In the order of the spec, then whatever else was counted. */
  readonly functions: readonly AttributedFunction[];
  /** Asked for, and not counted by any trial. */
  readonly absent: readonly string[];
  /** The most events that one trial could not count; absent when none was lost. */
  readonly lostEvents?: number;
  /** Why nothing was counted; absent when something was. */
  readonly unavailable?: string;
}

/** Medians over the trials. */
export interface AttributedFunction {
  readonly name: string;
  readonly hits: number;
  /** Over all hits of one trial. */
  readonly timeUs: number;
  readonly method: string;
}

/** The fact in which a trial says why it could not profile: `unavailable: <reason>`. */
const ATTRIBUTION_FACT = 'attribution';
/** The fact in which a trial says how many events its tracer dropped. */
const LOST_FACT = 'attribution_lost_events';

/** One for each kernel of which an attribution trial ended well; empty when none was asked for. */
export function attributionOf(
  view: RowView,
  options: { readonly blocks: readonly BlockHistory[]; readonly functions: readonly string[] },
): KernelAttribution[] {
  const trials = measuredBeside(view, options.blocks);
  return view.planned.kernels.flatMap((kernel) => {
    const own = trials.filter((trial) => trial.kernel === kernel);
    return own.length === 0 ? [] : [ofKernel(kernel, own, options.functions)];
  });
}

function ofKernel(
  kernel: KernelName,
  trials: readonly TrialEnded[],
  asked: readonly string[],
): KernelAttribution {
  const profiles = trials.flatMap(({ outcome }) => outcome.profile ?? []);
  const names = [...new Set([...asked, ...profiles.map(({ name }) => name)])];
  const functions = names.flatMap((name) => {
    const counted = profiles.filter((each) => each.name === name);
    if (counted.length === 0) return [];
    return [
      {
        name,
        hits: median(counted.map(({ hits }) => hits)),
        timeUs: median(counted.map(({ timeUs }) => timeUs)),
        method: [...new Set(counted.map(({ method }) => method))].join(', '),
      },
    ];
  });
  const counting = trials.filter(({ outcome }) => (outcome.profile ?? []).length > 0).length;
  const absent = asked.filter((name) => !functions.some((each) => each.name === name));
  const lost = Math.max(0, ...trials.map(({ outcome }) => Number(outcome.facts[LOST_FACT] ?? 0)));
  const common = {
    kernel,
    trials: counting,
    functions,
    absent,
    ...(lost > 0 ? { lostEvents: lost } : {}),
  };
  return counting > 0 ? common : { ...common, unavailable: reasonOf(trials) };
}

function reasonOf(trials: readonly TrialEnded[]): string {
  const told = trials.map(({ outcome }) => outcome.facts[ATTRIBUTION_FACT]);
  const reason = told.find((text) => text?.startsWith('unavailable'));
  return reason?.replace(/^unavailable:?\s*/, '') || 'no trial counted anything, or said why';
}
