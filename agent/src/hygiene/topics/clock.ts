// SPDX-License-Identifier: Apache-2.0
/** The clock that everything is timed with. */
import { ABSENT, type Facts } from '../../io/host-tree.js';
import { findChanges, warns } from '../change.js';
import { factOf } from '../host-view.js';
import { mendCommand } from '../mend-command.js';
import type { Topic, Wanted } from '../topic.js';

const FOLDER = 'sys/devices/system/clocksource/clocksource0';
/** Read without leaving the processor; the others cost a microsecond, or tick every 4 ms. */
const GOOD = ['tsc', 'kvm-clock', 'hyperv_clocksource_tsc_page', 'arch_sys_counter'];

export const clock: Topic = {
  name: 'clock',
  read: (view) => ({
    clocksource: factOf(view, `${FOLDER}/current_clocksource`),
    clocksources_available: factOf(view, `${FOLDER}/available_clocksource`),
  }),
  judge: (change) => [
    ...findChanges(change, { names: ['clocksource', 'clocksources_available'], kind: 'disturbs' }),
    ...(isGood(change.before) ? [] : [warns(`the clocksource is ${change.before.clocksource}`)]),
  ],
  demands: (state) =>
    isGood(state) ? [] : [`the clocksource is ${state.clocksource}; ${mendOf(state)}`],
  advise: (state) =>
    isGood(state)
      ? { verdict: 'ok', state: `${state.clocksource}` }
      : {
          verdict: 'mend',
          state: `${state.clocksource}`,
          why: 'reading the clock costs more than what is timed',
          command: mendOf(state),
        },
};

const isGood = ({ clocksource = ABSENT }: Facts) =>
  clocksource === ABSENT || GOOD.includes(clocksource);

function mendOf(state: Facts): string {
  const available = state.clocksources_available?.split(' ') ?? [];
  const better = GOOD.find((name) => available.includes(name));
  if (better === undefined) return 'reboot with tsc=reliable if the processor says constant_tsc';
  const path = `${FOLDER}/current_clocksource`;
  const wanted: Wanted = { path, value: better, current: state.clocksource ?? ABSENT };
  return mendCommand([wanted]);
}
