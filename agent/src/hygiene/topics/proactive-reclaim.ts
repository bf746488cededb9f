// SPDX-License-Identifier: Apache-2.0
/**
 * What takes memory away while there is enough of it: DAMON, which watches pages and pages out cold
 * ones, and free page reporting, by which a guest hands free memory back to its hypervisor. Either
 * makes the next user of a page wait for it, at moments that no trial chooses.
 */
import { ABSENT, type Facts } from '../../io/host-tree.js';
import { findChanges } from '../change.js';
import { factOf, type HostView } from '../host-view.js';
import type { Topic } from '../topic.js';

const KDAMONDS = 'sys/kernel/mm/damon/admin/kdamonds';
const PARAMETERS = 'sys/module';
const MODULES = ['damon_stat', 'damon_reclaim', 'damon_lru_sort'] as const;

export const proactiveReclaim: Topic = {
  name: 'proactive-reclaim',
  read: (view) => ({
    damon: readDamon(view),
    ...Object.fromEntries(
      MODULES.map((name) => [name, factOf(view, `${PARAMETERS}/${name}/parameters/enabled`)]),
    ),
    page_reporting_order: factOf(
      view,
      `${PARAMETERS}/page_reporting/parameters/page_reporting_order`,
    ),
  }),
  judge: (change) => findChanges(change, { names: ['damon', ...MODULES], kind: 'warns' }),
  advise: (state) => {
    const active = activeThreads(state.damon);
    const modules = MODULES.filter((name) => state[name] === 'Y');
    const commands = [
      ...active.map((thread) => `echo off > /${KDAMONDS}/${thread.split(':')[0]}/state`),
      ...modules.map((name) => `echo N > /${PARAMETERS}/${name}/parameters/enabled`),
    ];
    if (commands.length > 0) {
      return {
        verdict: 'mend',
        state: `DAMON is on: ${[...active, ...modules].join(' ')}`,
        why: 'it samples page tables, and pages out what it finds cold, in the middle of trials',
        command: commands.join('\n'),
      };
    }
    if (state.page_reporting_order === ABSENT) return { verdict: 'ok', state: 'none' };
    const why = 'where the hypervisor takes part, free memory goes back to it, and comes slowly';
    return { verdict: 'note', state: 'free page reporting is built in', why };
  },
};

/** Each thread of DAMON with its state and what it does, such as `0:on:pageout`; or `absent`. */
function readDamon(view: HostView): string {
  const threads = view.names(KDAMONDS).filter((name) => /^\d+$/.test(name));
  return threads.map((name) => readThread(view, name)).join(' ') || ABSENT;
}

function readThread(view: HostView, name: string): string {
  const state = factOf(view, `${KDAMONDS}/${name}/state`);
  const contexts = `${KDAMONDS}/${name}/contexts`;
  const actions = view.names(contexts).flatMap((context) => {
    const schemes = `${contexts}/${context}/schemes`;
    return view
      .names(schemes)
      .filter((scheme) => /^\d+$/.test(scheme))
      .map((scheme) => factOf(view, `${schemes}/${scheme}/action`));
  });
  return `${name}:${state}:${actions.join(',') || 'watches'}`;
}

function activeThreads(damon: Facts[string] | undefined): readonly string[] {
  return (damon ?? ABSENT).split(' ').filter((thread) => thread.split(':')[1] === 'on');
}
