// SPDX-License-Identifier: Apache-2.0
/**
 * Finds kernels that were timed by different clocks. What a read of the clock costs, and in which
 * steps it moves, is then part of the difference, so their times are not compared.
 */
import type { KernelName } from '@labsweep/proto';
import { measuredTrials, type RowView } from './row-view.js';
import type { StateDifference } from './state-gate.js';

/** Stands among the keys of a workload's state. */
export const CLOCK_KEY = 'clocksource';

/** Empty when some trial of both had one clock, or one of them does not tell. */
export function clockDifference(
  view: RowView,
  pair: { readonly kernel: KernelName; readonly baseline: KernelName },
): StateDifference[] {
  const kernel = clocksOf(view, pair.kernel);
  const baseline = clocksOf(view, pair.baseline);
  const isOpen = kernel.size === 0 || baseline.size === 0;
  if (isOpen || [...kernel].some((clock) => baseline.has(clock))) return [];
  const text = (clocks: ReadonlySet<string>): string => [...clocks].join(' or ');
  return [{ key: CLOCK_KEY, baseline: text(baseline), kernel: text(kernel) }];
}

/** At the end of a trial: a guest may still be on its early clock when its reproducer starts. */
function clocksOf({ blocks, environment }: RowView, kernel: KernelName): Set<string> {
  const trials = blocks.flatMap((block) => measuredTrials(block, environment));
  return new Set(
    trials
      .filter((trial) => trial.kernel === kernel)
      .map(({ outcome }) => outcome.facts.clocksource_end ?? outcome.facts.clocksource)
      .filter((clock) => clock !== undefined),
  );
}
