// SPDX-License-Identifier: Apache-2.0
/**
 * The frequency that the trial's CPUs really ran at: by the processor's counters APERF and MPERF
 * where /dev/cpu/N/msr is there, and else by what the driver says at both ends.
 */
import { ABSENT, type Facts } from '../../io/host-tree.js';
import { growthOf, percent, warns } from '../change.js';
import { CPU, factOf, type HostView } from '../host-view.js';
import { DETAILED_CPUS_MAX, FREQUENCY_SHARE_WARN } from '../hygiene-limits.js';
import type { Change, Finding, Topic } from '../topic.js';

const MPERF = 0xe7;
const APERF = 0xe8;

export const frequency: Topic = {
  name: 'frequency',
  read: (view) => ({
    frequency_khz: sampled(view).join(',') || ABSENT,
    aperf_cycles: sumOfRegister(view, APERF),
    mperf_cycles: sumOfRegister(view, MPERF),
  }),
  judge: (change) => [...judgeCounters(change), ...judgeEnds(change)],
  advise: (state) => ({
    verdict: 'note',
    state:
      state.frequency_khz === ABSENT ? 'absent' : `${state.frequency_khz?.split(',')[0]} kHz now`,
    ...(state.aperf_cycles === ABSENT &&
      state.frequency_khz !== ABSENT && {
        why: 'with `modprobe msr` the mean frequency of each trial is known',
      }),
  }),
};

function sampled(view: HostView): readonly string[] {
  return view.cpus
    .slice(0, DETAILED_CPUS_MAX)
    .map((cpu) => factOf(view, `${CPU}/cpu${cpu}/cpufreq/scaling_cur_freq`))
    .filter((value) => value !== ABSENT);
}

function sumOfRegister(view: HostView, position: number): string {
  let sum = 0n;
  let isKnown = false;
  for (const cpu of view.cpus.slice(0, DETAILED_CPUS_MAX)) {
    const bytes = view.bytes(`dev/cpu/${cpu}/msr`, { position, length: 8 });
    if (bytes === undefined) continue;
    sum += bytes.readBigUInt64LE();
    isKnown = true;
  }
  return isKnown ? String(sum) : ABSENT;
}

/**
 * The mean frequency during the trial as a ratio of the nominal one, while the CPUs were not idle.
 * Undefined where the counters cannot be read. They are 64 bits wide and wrap after decades.
 */
export function frequencyRatioOf({ before, after }: Change): number | undefined {
  const [actual, nominal] = ['aperf_cycles', 'mperf_cycles'].map((name) => {
    const [old, now] = [before[name] ?? ABSENT, after[name] ?? ABSENT];
    return old === ABSENT || now === ABSENT ? undefined : Number(BigInt(now) - BigInt(old));
  });
  return actual === undefined || !nominal ? undefined : actual / nominal;
}

/** With turbo off the CPUs have no reason to run at another frequency than the nominal one. */
function judgeCounters(change: Change): readonly Finding[] {
  const ratio = frequencyRatioOf(change);
  if (ratio === undefined || !isTurboOff(change.after)) return [];
  return Math.abs(ratio - 1) <= FREQUENCY_SHARE_WARN
    ? []
    : [warns(`the CPUs ran at ${percent(ratio)} of their nominal frequency`)];
}

const isTurboOff = ({ turbo }: Facts) => turbo === 'no_turbo=1' || turbo === 'boost=0';

/** Only a governor that holds the frequency makes the two ends comparable: CPUs idle before. */
function judgeEnds(change: Change): readonly Finding[] {
  const { before, after } = change;
  if (after.governor !== 'performance' || before.frequency_khz?.includes(',')) return [];
  const grownKhz = growthOf(change, 'frequency_khz');
  const share = grownKhz === undefined ? 0 : Math.abs(grownKhz) / Number(before.frequency_khz);
  if (share <= FREQUENCY_SHARE_WARN) return [];
  return [warns(`the frequency went from ${before.frequency_khz} to ${after.frequency_khz} kHz`)];
}
