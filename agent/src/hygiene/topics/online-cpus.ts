// SPDX-License-Identifier: Apache-2.0
/** Which CPUs are online: work of others, interrupts and memory bandwidth move with them. */
import { findChanges } from '../change.js';
import { CPU, factOf } from '../host-view.js';
import type { Topic } from '../topic.js';

export const onlineCpus: Topic = {
  name: 'online-cpus',
  read: (view) => ({
    online_cpu_list: factOf(view, `${CPU}/online`),
    present_cpu_list: factOf(view, `${CPU}/present`),
  }),
  judge: (change) => findChanges(change, { names: ['online_cpu_list'], kind: 'disturbs' }),
  advise: (state) => {
    const { online_cpu_list: online, present_cpu_list: present } = state;
    if (online === present) return { verdict: 'ok', state: `${online}` };
    return { verdict: 'note', state: `${online} of ${present}`, why: 'some CPUs are offline' };
  },
};
