// SPDX-License-Identifier: Apache-2.0
/**
 * Where the kernel puts stack, heap and libraries. It stays on: each boot and each run is to
 * sample another layout, or one lucky layout would be the result.
 */
import { ABSENT } from '../../io/host-tree.js';
import { findChanges } from '../change.js';
import { factOf } from '../host-view.js';
import { mendCommand } from '../mend-command.js';
import type { Topic } from '../topic.js';

const PATH = 'proc/sys/kernel/randomize_va_space';

export const aslr: Topic = {
  name: 'aslr',
  read: (view) => ({ aslr: factOf(view, PATH) }),
  judge: (change) => findChanges(change, { names: ['aslr'], kind: 'disturbs' }),
  advise: ({ aslr: value = ABSENT }) =>
    value === '2' || value === ABSENT
      ? { verdict: 'ok', state: value }
      : {
          verdict: 'mend',
          state: value,
          why: 'layouts are not sampled, so that one layout is the result',
          command: mendCommand([{ path: PATH, value: '2', current: value }]),
        },
};
