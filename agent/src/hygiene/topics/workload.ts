// SPDX-License-Identifier: Apache-2.0
/** The identity of what runs. The runner knows it; here it is seen that it stayed the same. */
import { createHash } from 'node:crypto';
import { ABSENT } from '../../io/host-tree.js';
import { findChanges } from '../change.js';
import type { HostView } from '../host-view.js';
import type { Topic } from '../topic.js';

export const workload: Topic = {
  name: 'workload',
  read: (view) => {
    const { binary, ...rest } = view.workload;
    return { ...rest, workload_sha256: digestOf(view, binary) };
  },
  judge: (change) => findChanges(change, { names: ['workload_sha256'], kind: 'disturbs' }),
  advise: () => ({ verdict: 'ok', state: 'compiled once, named by its sha256' }),
};

/** A megabyte of a static binary takes about a millisecond. */
function digestOf(view: HostView, path: string | undefined): string {
  if (path === undefined) return ABSENT;
  const bytes = view.bytes(path, { position: 0, length: 'all' });
  return bytes === undefined ? ABSENT : createHash('sha256').update(bytes).digest('hex');
}
