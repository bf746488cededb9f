// SPDX-License-Identifier: Apache-2.0
/** Microcode, BIOS and board: what a host is made of below the kernel. */
import { ABSENT } from '../../io/host-tree.js';
import { findChanges } from '../change.js';
import { CPU, factOf, type HostView, wordOf } from '../host-view.js';
import type { Topic } from '../topic.js';

const DMI = 'sys/class/dmi/id';
const NAMES = ['bios_version', 'bios_date', 'board_name', 'product_name'];

export const firmware: Topic = {
  name: 'firmware',
  read: (view) => ({
    microcode: microcodeOf(view),
    // Only a reboot changes these.
    ...Object.fromEntries(
      NAMES.map((name) => [name, view.constant(name, () => factOf(view, `${DMI}/${name}`))]),
    ),
  }),
  judge: (change) => findChanges(change, { names: ['microcode'], kind: 'disturbs' }),
  advise: ({ microcode, bios_version: bios, product_name: product }) => ({
    verdict: 'note',
    state:
      bios === ABSENT
        ? `microcode ${microcode}`
        : `microcode ${microcode}, BIOS ${bios}, ${product}`,
  }),
};

/** Can be loaded while the machine runs. /proc/cpuinfo says it too, but asks every CPU for it. */
function microcodeOf(view: HostView): string {
  const version = factOf(view, `${CPU}/cpu${view.cpus[0] ?? 0}/microcode/version`);
  if (version !== ABSENT) return version;
  return view.constant('microcode', () => wordOf(view, 'proc/cpuinfo', /^microcode\s*: *(\S+)/m));
}
