// SPDX-License-Identifier: Apache-2.0
/** Hardware threads that share a core with the trial's CPUs without being part of the trial. */
import { ABSENT } from '../../io/host-tree.js';
import { disturbs, durationMsOf, findChanges, growthOf, percent, TICK_MS } from '../change.js';
import { readCpuTicks } from '../cpu-ticks.js';
import { CPU, cpusIn, factOf, type HostView } from '../host-view.js';
import { FOREIGN_MS_MIN, SIBLING_BUSY_SHARE_MAX } from '../hygiene-limits.js';
import type { Change, Finding, Topic } from '../topic.js';

/**
 * `enforce` leaves SMT as it is: switching it off takes CPUs away from everybody on the machine and
 * changes the numbering that the trial was planned with. A native trial may take single siblings
 * offline; and a sibling that is busy is seen here.
 */
export const smt: Topic = {
  name: 'smt',
  read: (view) => {
    const siblings = foreignSiblings(view);
    const ticks = siblings.length === 0 ? undefined : readCpuTicks(view, siblings);
    return {
      smt_control: factOf(view, `${CPU}/smt/control`),
      smt_active: factOf(view, `${CPU}/smt/active`),
      smt_siblings: siblings.join(',') || ABSENT,
      smt_sibling_busy_ticks: ticks === undefined ? ABSENT : String(ticks.busy),
    };
  },
  judge: (change) => [
    ...findChanges(change, { names: ['smt_control', 'smt_active'], kind: 'disturbs' }),
    ...judgeSiblings(change),
  ],
  advise: (state) => {
    const text = `${state.smt_control}, active ${state.smt_active}`;
    if (state.smt_active !== '1') return { verdict: 'ok', state: text };
    return {
      verdict: 'mend',
      state: text,
      why: 'two threads share a core; a busy sibling halves the speed of the other',
      command: `echo off > /${CPU}/smt/control`,
    };
  },
};

function foreignSiblings(view: HostView): readonly number[] {
  const own = new Set(view.cpus);
  const all = view.cpus.flatMap((cpu) => siblingsOf(view, cpu));
  return [...new Set(all)].filter((cpu) => !own.has(cpu)).sort((a, b) => a - b);
}

function siblingsOf(view: HostView, cpu: number): readonly number[] {
  return cpusIn(factOf(view, `${CPU}/cpu${cpu}/topology/thread_siblings_list`));
}

function judgeSiblings(change: Change): readonly Finding[] {
  const busyTicks = growthOf(change, 'smt_sibling_busy_ticks');
  const wallMs = durationMsOf(change);
  if (busyTicks === undefined || wallMs === undefined) return [];
  const busyMs = busyTicks * TICK_MS;
  const share = busyMs / wallMs;
  if (share <= SIBLING_BUSY_SHARE_MAX || busyMs < FOREIGN_MS_MIN) return [];
  const names = change.after.smt_siblings;
  return [disturbs(`SMT siblings of the trial's CPUs (${names}) were busy ${percent(share)}`)];
}
