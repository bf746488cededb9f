// SPDX-License-Identifier: Apache-2.0
/**
 * Finds trials whose CPUs ran slower than those of the other trials of their cell: a processor that
 * was throttled, or shared its power budget, shows there even where no counter of it does.
 */
import type { TrialEnded } from '@labsweep/proto';
import { measuredTrials, type RowView } from './row-view.js';
import { median } from './statistics/median.js';

/** What pyperf and krun take for unstable, as a share of the cell's median. */
export const SLOWED_SHARE = 0.02;
/** Of fewer trials the median is one of the two that are compared. */
const TRIALS_MIN = 3;

/** For example `!frequency: CPUs ran slower than ...: 1 of 10 trials of v6.17 (93.1%)`. */
export function slowedTrials(view: RowView): string[] {
  const trials = view.blocks.flatMap((block) => measuredTrials(block, view.environment));
  const texts = view.planned.kernels.flatMap((kernel) => {
    const ofCell = trials.filter((trial) => trial.kernel === kernel);
    // Hosts have frequencies of their own, so each is held against itself.
    const slowed = [...new Set(ofCell.map(({ host }) => host))].flatMap((host) =>
      sharesBelow(ofCell.filter((trial) => trial.host === host)),
    );
    if (slowed.length === 0) return [];
    const least = `${(Math.min(...slowed) * 100).toFixed(1)}%`;
    return [`${slowed.length} of ${ofCell.length} trials of ${kernel} (${least})`];
  });
  if (texts.length === 0) return [];
  const limit = `${100 - SLOWED_SHARE * 100}%`;
  const what = `CPUs ran slower than ${limit} of their cell's median`;
  return [`!frequency: ${what}: ${texts.join(', ')}`];
}

/** Of those trials that are slower than the limit, their share of the median. */
function sharesBelow(trials: readonly TrialEnded[]): number[] {
  const speeds = trials.flatMap((trial) => frequencyOf(trial) ?? []);
  if (speeds.length < TRIALS_MIN) return [];
  const usual = median(speeds);
  return speeds.map((speed) => speed / usual).filter((share) => share < 1 - SLOWED_SHARE);
}

/**
 * The mean over the trial by the processor's own counters, as a multiple of the nominal frequency;
 * else what the driver said at its end, where the governor holds it also for a CPU that idles.
 */
function frequencyOf({ outcome: { hygiene } }: TrialEnded): number | undefined {
  if (hygiene === undefined) return undefined;
  const { before, after } = hygiene;
  const grown = (name: string) => Number(after[name]) - Number(before[name]);
  const ratio = grown('aperf_cycles') / grown('mperf_cycles');
  if (Number.isFinite(ratio) && ratio > 0) return ratio;
  const khz = (after.frequency_khz ?? '').split(',').map(Number);
  const mean = khz.reduce((sum, each) => sum + each, 0) / khz.length;
  return after.governor === 'performance' && Number.isFinite(mean) && mean > 0 ? mean : undefined;
}
