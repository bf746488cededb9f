// SPDX-License-Identifier: Apache-2.0
/** Which class of core the trial's CPUs are of, on machines that mix fast and slow ones. */
import { ABSENT } from '../../io/host-tree.js';
import { findChanges, warns } from '../change.js';
import { cpusIn, factOf, factOfEachCpu, type HostView } from '../host-view.js';
import type { Topic } from '../topic.js';

const NAMES = ['performance_cpus', 'efficiency_cpus', 'core_class', 'cpu_capacity'];

export const coreClass: Topic = {
  name: 'core-class',
  read: (view) => {
    const performance = factOf(view, 'sys/devices/cpu_core/cpus');
    const efficiency = factOf(view, 'sys/devices/cpu_atom/cpus');
    const capacity = factOfEachCpu(view, 'cpu_capacity');
    return {
      performance_cpus: performance,
      efficiency_cpus: efficiency,
      cpu_capacity: capacity,
      core_class: classOf(view, { performance, efficiency, capacity }),
    };
  },
  judge: (change) => [
    ...findChanges(change, { names: NAMES, kind: 'disturbs' }),
    // Running the trial again on the same CPUs would be no better, so this does not invalidate it.
    ...(change.before.core_class === 'mixed' ? [warns(mixedText(change.cpus))] : []),
  ],
  demands: (state) =>
    state.core_class === 'mixed'
      ? [`the CPUs of the trial are of more than one core class; choose CPUs of one class`]
      : [],
  advise: (state) => {
    const { performance_cpus: fast, efficiency_cpus: slow } = state;
    if (state.core_class !== 'mixed') return { verdict: 'ok', state: 'all CPUs alike' };
    return {
      verdict: 'note',
      state: slow === ABSENT ? `capacities ${state.cpu_capacity}` : `P ${fast}, E ${slow}`,
      why: 'trials must stay on CPUs of one class',
    };
  },
};

const mixedText = (cpus: readonly number[]) =>
  `CPUs ${cpus.join(',')} are of more than one core class`;

interface Classes {
  readonly performance: string;
  readonly efficiency: string;
  readonly capacity: string;
}

function classOf(view: HostView, { performance, efficiency, capacity }: Classes): string {
  if (efficiency === ABSENT) return capacity.includes(',') ? 'mixed' : 'uniform';
  const slow = new Set(cpusIn(efficiency));
  const fast = new Set(cpusIn(performance));
  if (view.cpus.every((cpu) => slow.has(cpu))) return 'efficiency';
  return view.cpus.every((cpu) => fast.has(cpu)) ? 'performance' : 'mixed';
}
