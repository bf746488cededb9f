// SPDX-License-Identifier: Apache-2.0
/** Time that a hypervisor took from the trial's CPUs for other guests. */
import { ABSENT } from '../../io/host-tree.js';
import { disturbs, durationMsOf, growthOf, percent, TICK_MS, warns } from '../change.js';
import { readCpuTicks } from '../cpu-ticks.js';
import { STEAL_SHARE_MAX, STEAL_SHARE_WARN } from '../hygiene-limits.js';
import type { Topic } from '../topic.js';

export const steal: Topic = {
  name: 'steal',
  read: (view) => ({ steal_ticks: String(readCpuTicks(view, view.cpus)?.steal ?? ABSENT) }),
  judge: (change) => {
    const ticks = growthOf(change, 'steal_ticks');
    const wallMs = durationMsOf(change);
    if (ticks === undefined || wallMs === undefined) return [];
    // A single tick is chance: the count is rounded to 10 ms.
    if (ticks <= 1) return [];
    const share = (ticks * TICK_MS) / (wallMs * Math.max(1, change.cpus.length));
    if (share <= STEAL_SHARE_WARN) return [];
    const text = `the hypervisor stole ${percent(share)} of the trial's CPU time`;
    return [share > STEAL_SHARE_MAX ? disturbs(text) : warns(text)];
  },
  advise: (state) =>
    state.steal_ticks === ABSENT || state.steal_ticks === '0'
      ? { verdict: 'ok', state: 'none since the start' }
      : {
          verdict: 'note',
          state: `${Number(state.steal_ticks) * TICK_MS} ms since the start`,
          why: 'this is a guest with neighbours; trials above the limit are run again',
        },
};
