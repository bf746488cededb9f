// SPDX-License-Identifier: Apache-2.0
/** Transparent and reserved huge pages, and page merging: they decide what a page is. */
import { ABSENT } from '../../io/host-tree.js';
import { findChanges } from '../change.js';
import { factOf, type HostView, oneLine, wordOf } from '../host-view.js';
import { chosenValue } from '../settings-journal.js';
import type { Topic } from '../topic.js';

const THP = 'sys/kernel/mm/transparent_hugepage';
const WATCHED = ['thp_enabled', 'thp_defrag', 'thp_shmem_enabled', 'thp_sizes', 'ksm_run'];

export const hugePages: Topic = {
  name: 'huge-pages',
  read: (view) => ({
    thp_enabled: factOf(view, `${THP}/enabled`),
    thp_defrag: factOf(view, `${THP}/defrag`),
    thp_shmem_enabled: factOf(view, `${THP}/shmem_enabled`),
    thp_sizes: perSize(view),
    ksm_run: factOf(view, 'sys/kernel/mm/ksm/run'),
    huge_pages_total: wordOf(view, 'proc/meminfo', /^HugePages_Total:\s+(\d+)/m),
    huge_pages_free: wordOf(view, 'proc/meminfo', /^HugePages_Free:\s+(\d+)/m),
  }),
  judge: (change) => findChanges(change, { names: WATCHED, kind: 'disturbs' }),
  advise: (state) => {
    const text = `transparent ${chosenValue(state.thp_enabled ?? ABSENT)}, merging ${state.ksm_run}`;
    if (state.ksm_run !== '1') return { verdict: 'note', state: text };
    return {
      verdict: 'mend',
      state: text,
      why: 'ksmd scans memory in the background and write-protects pages',
      command: 'echo 0 > /sys/kernel/mm/ksm/run',
    };
  },
};

/** `64kB=never,2048kB=inherit`, for kernels that decide by size. */
function perSize(view: HostView): string {
  const sizes = view.names(THP).filter((name) => name.startsWith('hugepages-'));
  const states = sizes.map((name) => {
    const text = view.text(`${THP}/${name}/enabled`);
    return text === undefined ? [] : [`${name.slice('hugepages-'.length)}=${chosenValue(text)}`];
  });
  return oneLine(states.flat().join(','));
}
