// SPDX-License-Identifier: Apache-2.0
/** CPUs that the scheduler keeps free of other work, by the command line or a cpuset partition. */
import { ABSENT } from '../../io/host-tree.js';
import { findChanges } from '../change.js';
import { CPU, factOf, type HostView } from '../host-view.js';
import type { Topic } from '../topic.js';

const PARAMETERS = ['isolcpus', 'rcu_nocbs', 'irqaffinity'] as const;

export const isolation: Topic = {
  name: 'isolation',
  read: (view) => ({
    isolated_cpus: factOf(view, `${CPU}/isolated`),
    nohz_full_cpus: notNone(factOf(view, `${CPU}/nohz_full`)),
    ...Object.fromEntries(PARAMETERS.map((name) => [name, parameterOf(view, name)])),
    cpuset_partition: factOf(view, `${cgroupFolder(view)}/cpuset.cpus.partition`),
  }),
  judge: (change) => {
    const names = ['isolated_cpus', 'nohz_full_cpus', 'cpuset_partition'];
    return findChanges(change, { names, kind: 'disturbs' });
  },
  advise: (state) =>
    state.isolated_cpus === ABSENT
      ? {
          verdict: 'note',
          state: 'no CPU is isolated',
          why: 'reboot with isolcpus=managed_irq,domain,<cpus> for runs that last days',
        }
      : { verdict: 'ok', state: `isolated ${state.isolated_cpus}` },
};

/** The file holds `(null)` where the kernel can and does not. */
const notNone = (value: string) => (value === '(null)' ? ABSENT : value);

function parameterOf(view: HostView, name: string): string {
  const words = factOf(view, 'proc/cmdline').split(' ');
  return words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? ABSENT;
}

/** Our own cgroup of the unified hierarchy; hosts of the old one have no partitions. */
function cgroupFolder(view: HostView): string {
  const path = /^0::(\/\S*)$/m.exec(view.text('proc/self/cgroup') ?? '')?.[1] ?? '/';
  return `sys/fs/cgroup${path === '/' ? '' : path}`;
}
