// SPDX-License-Identifier: Apache-2.0
/** Memory nodes, and pages that the kernel takes from or moves to another node. */
import { ABSENT } from '../../io/host-tree.js';
import { disturbs, findChanges, growthOf, warns } from '../change.js';
import { factOf, type HostView, oneLine } from '../host-view.js';
import { NUMA_MISS_PAGES_MAX } from '../hygiene-limits.js';
import { mendCommand } from '../mend-command.js';
import type { Topic } from '../topic.js';

const NODE = 'sys/devices/system/node';
const BALANCING = 'proc/sys/kernel/numa_balancing';

export const numa: Topic = {
  name: 'numa',
  read: (view) => ({
    numa_nodes: factOf(view, `${NODE}/online`),
    numa_cpus: perNode(view, (node) => factOf(view, `${NODE}/${node}/cpulist`)),
    numa_balancing: factOf(view, BALANCING),
    numa_miss_pages: missedPages(view),
  }),
  judge: (change) => {
    const missed = growthOf(change, 'numa_miss_pages') ?? 0;
    const text = `${missed} pages were taken from another memory node`;
    // Anybody's allocation counts in it, so that it cannot tell whose pages went astray; but where
    // the trial is bound to a node, a node that has run short is mostly that one.
    const isShort = change.isMemoryBound === true && missed > NUMA_MISS_PAGES_MAX;
    return [
      ...findChanges(change, { names: ['numa_nodes', 'numa_balancing'], kind: 'disturbs' }),
      ...(missed > 0 ? [isShort ? disturbs(`${text} than wanted`) : warns(text)] : []),
    ];
  },
  advise: (state) => {
    const isSingle = /^\d+$/.test(state.numa_nodes ?? '') || state.numa_nodes === ABSENT;
    const text = `nodes ${state.numa_nodes}, balancing ${state.numa_balancing}`;
    if (isSingle || state.numa_balancing === '0' || state.numa_balancing === ABSENT) {
      return { verdict: 'ok', state: text };
    }
    return {
      verdict: 'mend',
      state: text,
      why: 'balancing unmaps pages in the background to see who uses them',
      command: mendCommand([{ path: BALANCING, value: '0', current: state.numa_balancing ?? '' }]),
    };
  },
};

const nodesOf = (view: HostView) => view.names(NODE).filter((name) => /^node\d+$/.test(name));

function perNode(view: HostView, of: (node: string) => string): string {
  return oneLine(
    nodesOf(view)
      .map((node) => `${node.slice('node'.length)}:${of(node)}`)
      .join(' '),
  );
}

function missedPages(view: HostView): string {
  const counts = nodesOf(view).flatMap((node) => {
    const match = /^numa_miss (\d+)/m.exec(view.text(`${NODE}/${node}/numastat`) ?? '');
    return match === null ? [] : [Number(match[1])];
  });
  return counts.length === 0 ? ABSENT : String(counts.reduce((sum, count) => sum + count, 0));
}
