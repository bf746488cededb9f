// SPDX-License-Identifier: Apache-2.0
/** Mains or battery: laptops slow down on the latter. */
import { ABSENT } from '../../io/host-tree.js';
import { findChanges, warns } from '../change.js';
import { factOf, type HostView } from '../host-view.js';
import type { Topic } from '../topic.js';

const FOLDER = 'sys/class/power_supply';

export const powerSupply: Topic = {
  name: 'power-supply',
  read: (view) => ({ mains_online: mainsOnline(view) }),
  judge: (change) => [
    ...findChanges(change, { names: ['mains_online'], kind: 'disturbs' }),
    ...(change.before.mains_online === '0' ? [warns('the host runs on battery')] : []),
  ],
  demands: (state) => (state.mains_online === '0' ? ['the host runs on battery; plug it in'] : []),
  advise: (state) => {
    if (state.mains_online === ABSENT) return { verdict: 'ok', state: 'no battery here' };
    if (state.mains_online === '1') return { verdict: 'ok', state: 'mains' };
    const command = 'plug in the power supply';
    return { verdict: 'mend', state: 'battery', why: 'slower and uneven', command };
  },
};

/** 1 as soon as one supply that is no battery is plugged in; absent where there is none. */
function mainsOnline(view: HostView): string {
  const states = view
    .names(FOLDER)
    .filter((name) => factOf(view, `${FOLDER}/${name}/type`) !== 'Battery')
    .map((name) => factOf(view, `${FOLDER}/${name}/online`))
    .filter((state) => state !== ABSENT);
  if (states.length === 0) return ABSENT;
  return states.some((state) => state !== '0') ? '1' : '0';
}
