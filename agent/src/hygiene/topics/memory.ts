// SPDX-License-Identifier: Apache-2.0
/** Free memory and its fragmentation, swapping, reclaim and the killer that ends it. */
import { ABSENT, type Facts } from '../../io/host-tree.js';
import { disturbs, findChanges, growthOf, warns } from '../change.js';
import { type HostView, oneLine, wordOf } from '../host-view.js';
import type { Topic } from '../topic.js';

const MEMINFO: Facts = {
  memory_total_kb: 'MemTotal',
  memory_available_kb: 'MemAvailable',
  memory_free_kb: 'MemFree',
  swap_total_kb: 'SwapTotal',
  swap_free_kb: 'SwapFree',
};
const VMSTAT: Facts = {
  swap_in_pages: 'pswpin',
  swap_out_pages: 'pswpout',
  direct_reclaims: 'allocstall_normal',
  compaction_stalls: 'compact_stall',
  oom_kills: 'oom_kill',
};
const LOW_SHARE = 0.1;

export const memory: Topic = {
  name: 'memory',
  read: (view) => ({
    ...wordsOf(view, 'proc/meminfo', MEMINFO, (word) => new RegExp(`^${word}:\\s+(\\d+)`, 'm')),
    ...wordsOf(view, 'proc/vmstat', VMSTAT, (word) => new RegExp(`^${word} (\\d+)`, 'm')),
    free_blocks_by_order: freeBlocks(view),
  }),
  judge: (change) => {
    const grown = (name: string) => growthOf(change, name) ?? 0;
    const [swappedIn, swappedOut] = [grown('swap_in_pages'), grown('swap_out_pages')];
    const reclaims = grown('direct_reclaims') + grown('compaction_stalls');
    return [
      ...findChanges(change, { names: ['memory_total_kb', 'swap_total_kb'], kind: 'warns' }),
      ...(swappedIn + swappedOut > 0
        ? [disturbs(`${swappedIn} pages were swapped in and ${swappedOut} out`)]
        : []),
      ...(grown('oom_kills') > 0 ? [disturbs('a process was killed for lack of memory')] : []),
      ...(reclaims > 0 ? [warns(`allocations had to reclaim or compact ${reclaims} times`)] : []),
    ];
  },
  advise: (state) => {
    const [available, total] = [Number(state.memory_available_kb), Number(state.memory_total_kb)];
    const text = `${mib(available)} of ${mib(total)} MiB available, swap ${describeSwap(state)}`;
    if (available < total * LOW_SHARE) {
      const command = 'sync; echo 3 > /proc/sys/vm/drop_caches';
      return { verdict: 'mend', state: text, why: 'trials would reclaim memory', command };
    }
    if ((Number(state.swap_total_kb) || 0) === 0) return { verdict: 'ok', state: text };
    return { verdict: 'mend', state: text, why: 'pages may leave memory', command: 'swapoff -a' };
  },
};

function wordsOf(
  view: HostView,
  path: string,
  names: Facts,
  patternOf: (word: string) => RegExp,
): Facts {
  return Object.fromEntries(
    Object.entries(names).map(([name, word]) => [name, wordOf(view, path, patternOf(word))]),
  );
}

/** Free blocks of 2^0, 2^1, ... pages, summed over all zones: huge pages need the last ones. */
function freeBlocks(view: HostView): string {
  const sums: number[] = [];
  for (const line of (view.text('proc/buddyinfo') ?? '').split('\n')) {
    const counts = /zone\s+\S+\s+(.*)$/.exec(line)?.[1]?.trim().split(/\s+/) ?? [];
    counts.forEach((count, order) => {
      sums[order] = (sums[order] ?? 0) + Number(count);
    });
  }
  return oneLine(sums.join(','));
}

const mib = (kb: number) => Math.round(kb / 1024);

function describeSwap({ swap_total_kb: total }: Facts): string {
  return total === undefined || total === ABSENT || total === '0'
    ? 'none'
    : `${mib(Number(total))} MiB`;
}
