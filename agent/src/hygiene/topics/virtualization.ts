// SPDX-License-Identifier: Apache-2.0
/** Whether this host is a guest itself, and how its KVM is set up: that is one for all guests. */
import { ABSENT } from '../../io/host-tree.js';
import { findChanges } from '../change.js';
import { factOf, type HostView } from '../host-view.js';
import type { Topic } from '../topic.js';

const MODULES = 'sys/module';
const FILES = {
  /** Host CPUs spin for so long before they let a guest's idle CPU sleep: idle becomes busy. */
  kvm_halt_poll_ns: 'kvm/parameters/halt_poll_ns',
  kvm_halt_poll_ns_grow: 'kvm/parameters/halt_poll_ns_grow',
  kvm_halt_poll_ns_shrink: 'kvm/parameters/halt_poll_ns_shrink',
  kvm_nx_huge_pages: 'kvm/parameters/nx_huge_pages',
  kvm_intel_ept: 'kvm_intel/parameters/ept',
  kvm_amd_npt: 'kvm_amd/parameters/npt',
};
const NAMES = Object.keys(FILES);

export const virtualization: Topic = {
  name: 'virtualization',
  read: (view) => ({
    // Moving a machine below its hypervisor is a reboot.
    virtualization: view.constant('virtualization', () => guestOrNone(view)),
    ...Object.fromEntries(
      Object.entries(FILES).map(([name, path]) => [name, factOf(view, `${MODULES}/${path}`)]),
    ),
  }),
  judge: (change) => findChanges(change, { names: NAMES, kind: 'disturbs' }),
  advise: (state) => {
    const polls = state.kvm_halt_poll_ns;
    const kvm = polls === ABSENT ? 'KVM not loaded' : `KVM polls ${polls} ns`;
    if (state.virtualization !== 'guest') return { verdict: 'ok', state: kvm };
    const why = 'what the hypervisor does with it, nobody here can see';
    return { verdict: 'note', state: `this box is a guest itself; ${kvm}`, why };
  },
};

/** `hypervisor` is the flag by which a processor admits that it is not real. */
function guestOrNone(view: HostView): string {
  const flags = /^flags\s*:(.*)$/m.exec(view.text('proc/cpuinfo') ?? '')?.[1];
  if (flags === undefined) return ABSENT;
  return flags.split(' ').includes('hypervisor') ? 'guest' : 'none';
}
