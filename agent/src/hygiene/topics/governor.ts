// SPDX-License-Identifier: Apache-2.0
/** Who chooses the frequency of the trial's CPUs, and between which bounds. */
import { ABSENT, type Facts } from '../../io/host-tree.js';
import { findChanges } from '../change.js';
import { CPU, factOf, factOfEachCpu, type HostView } from '../host-view.js';
import { mendCommand } from '../mend-command.js';
import type { Topic, Wanted } from '../topic.js';

const FILES = {
  governor: 'cpufreq/scaling_governor',
  scaling_driver: 'cpufreq/scaling_driver',
  scaling_min_khz: 'cpufreq/scaling_min_freq',
  scaling_max_khz: 'cpufreq/scaling_max_freq',
  energy_performance_preference: 'cpufreq/energy_performance_preference',
};
const NAMES = Object.keys(FILES);

export const governor: Topic = {
  name: 'governor',
  read: (view) =>
    Object.fromEntries(
      Object.entries(FILES).map(([name, path]) => [name, factOfEachCpu(view, path)]),
    ),
  judge: (change) => findChanges(change, { names: NAMES, kind: 'disturbs' }),
  desired: (view) => view.cpus.flatMap((cpu) => wantedOf(view, cpu)),
  advise: (state, view) => {
    const wanted = governor.desired?.(view) ?? [];
    if (state.governor === ABSENT) {
      return { verdict: 'note', state: 'absent: the hypervisor or firmware chooses frequencies' };
    }
    if (wanted.length === 0) return { verdict: 'ok', state: describe(state) };
    return {
      verdict: 'mend',
      state: describe(state),
      why: 'the frequency follows the load, and so do the numbers',
      command: mendCommand(wanted),
    };
  },
};

/**
 * The order matters. The Intel and AMD drivers refuse a preference other than performance while the
 * governor is performance, so the preference is set first and, on restoring, comes back last.
 */
function wantedOf(view: HostView, cpu: number): readonly Wanted[] {
  const folder = `${CPU}/cpu${cpu}/cpufreq`;
  const fastest = factOf(view, `${folder}/scaling_max_freq`);
  return [
    ['energy_performance_preference', 'performance'],
    ['scaling_governor', 'performance'],
    ['scaling_min_freq', fastest],
  ].flatMap(([name = '', value = '']) => {
    const path = `${folder}/${name}`;
    const current = factOf(view, path);
    return [ABSENT, value].includes(current) || value === ABSENT ? [] : [{ path, value, current }];
  });
}

function describe(state: Facts): string {
  const preference = state.energy_performance_preference;
  return [
    `${state.governor} (${state.scaling_driver})`,
    `${state.scaling_min_khz} to ${state.scaling_max_khz} kHz`,
    ...(preference === ABSENT ? [] : [`preference ${preference}`]),
  ].join(', ');
}
