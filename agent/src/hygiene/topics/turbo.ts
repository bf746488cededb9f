// SPDX-License-Identifier: Apache-2.0
/** Frequencies above the nominal one, which last as long as heat and neighbours allow. */
import { ABSENT } from '../../io/host-tree.js';
import { findChanges } from '../change.js';
import { CPU, factOf, type HostView } from '../host-view.js';
import { mendCommand } from '../mend-command.js';
import type { Topic, Wanted } from '../topic.js';

/** The two drivers say the opposite with the same digit, so the name of the file is kept. */
const SWITCHES = [
  { name: 'no_turbo', path: `${CPU}/intel_pstate/no_turbo`, off: '1' },
  { name: 'boost', path: `${CPU}/cpufreq/boost`, off: '0' },
];

export const turbo: Topic = {
  name: 'turbo',
  read: (view) => {
    const found = findSwitch(view);
    return { turbo: found === undefined ? ABSENT : `${found.name}=${factOf(view, found.path)}` };
  },
  judge: (change) => findChanges(change, { names: ['turbo'], kind: 'disturbs' }),
  desired: wanted,
  advise: (state, view) => {
    const settings = wanted(view);
    if (state.turbo === ABSENT) {
      return { verdict: 'note', state: 'absent: this machine has no switch for it' };
    }
    if (settings.length === 0) return { verdict: 'ok', state: `off (${state.turbo})` };
    return {
      verdict: 'mend',
      state: `on (${state.turbo})`,
      why: 'how long it lasts depends on heat and on what the other cores do',
      command: mendCommand(settings),
    };
  },
};

function findSwitch(view: HostView) {
  return SWITCHES.find(({ path }) => factOf(view, path) !== ABSENT);
}

function wanted(view: HostView): readonly Wanted[] {
  const found = findSwitch(view);
  if (found === undefined) return [];
  const current = factOf(view, found.path);
  return current === found.off ? [] : [{ path: found.path, value: found.off, current }];
}
