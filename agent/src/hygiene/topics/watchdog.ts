// SPDX-License-Identifier: Apache-2.0
/** Kernel services that interrupt every CPU on a beat: the NMI watchdog, and perf's sampling. */
import { ABSENT } from '../../io/host-tree.js';
import { findChanges } from '../change.js';
import { factOf, type HostView } from '../host-view.js';
import { mendCommand } from '../mend-command.js';
import type { Topic, Wanted } from '../topic.js';

const FOLDER = 'proc/sys/kernel';
const NAMES = [
  'nmi_watchdog',
  'soft_watchdog',
  'perf_event_max_sample_rate',
  'perf_event_paranoid',
];
const WANTED = { nmi_watchdog: '0', perf_event_max_sample_rate: '1' };

export const watchdog: Topic = {
  name: 'watchdog',
  read: (view) =>
    Object.fromEntries(NAMES.map((name) => [name, factOf(view, `${FOLDER}/${name}`)])),
  judge: (change) => {
    // The kernel lowers the sample rate by itself when sampling takes too long: that was a beat.
    const names = ['nmi_watchdog', 'soft_watchdog', 'perf_event_max_sample_rate'];
    return findChanges(change, { names, kind: 'disturbs' });
  },
  desired: wantedOf,
  advise: (state, view) => {
    const text = `NMI watchdog ${state.nmi_watchdog}, perf rate ${state.perf_event_max_sample_rate}`;
    const wanted = wantedOf(view);
    if (wanted.length === 0) return { verdict: 'ok', state: text };
    return {
      verdict: 'mend',
      state: text,
      why: 'they take a counter and interrupt CPUs that measure',
      command: mendCommand(wanted),
    };
  },
};

function wantedOf(view: HostView): readonly Wanted[] {
  return Object.entries(WANTED).flatMap(([name, value]) => {
    const path = `${FOLDER}/${name}`;
    const current = factOf(view, path);
    return current === ABSENT || current === value ? [] : [{ path, value, current }];
  });
}
