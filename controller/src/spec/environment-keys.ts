// SPDX-License-Identifier: Apache-2.0
/**
 * Which keys of an environment mean something where: a guest's machine is built, a native trial is
 * placed. A key that would have no effect is refused, for its user believes that it has one.
 */
import { DEFAULT_GUEST, DEFAULT_NATIVE } from '@labsweep/proto';
import type { Finding } from './finding.js';
import type { EnvironmentDraft } from './spec-draft.js';

/** With what each is for a native trial. */
const GUEST_KEYS: Readonly<Record<string, string>> = {
  memory_mib: "their memory is the host's",
  command_line: 'their kernel is booted already',
  machine: "their machine is the host's",
  cpu_model: "their CPU is the host's",
  numa: "their nodes are the host's; `numa_node` picks one",
  huge_pages: "their memory is the host's",
  preallocate: "their memory is the host's",
  overcommit: 'they never run on more CPUs than the host has',
  boot: 'their kernel is booted already',
  trims: 'their kernel is booted already',
};

/** What a scripted trial takes too: it has a size, and takes part in the matching of hosts. */
const SIZE_KEYS = ['memory_mib', 'command_line'];

/** With what each is for a guest. */
const NATIVE_KEYS: Readonly<Record<string, string>> = {
  cpus: 'the agent pins their CPUs',
  core_class: 'the agent pins their CPUs',
  smp_by: 'their CPUs are counted by QEMU',
  scheduler: 'their reproducer runs under the scheduler of the guest',
  numa_node: 'their nodes are their own; `numa` says how many',
  settle_s: 'a boot is before each of them',
};

/** The keys that set up the machine of a row, as a spec would write their defaults. */
export const SETTING_DEFAULTS: Readonly<Record<string, unknown>> = {
  machine: DEFAULT_GUEST.machine,
  cpu_model: DEFAULT_GUEST.cpuModel,
  numa: DEFAULT_GUEST.numaNodes,
  huge_pages: DEFAULT_GUEST.hugePages,
  preallocate: DEFAULT_GUEST.preallocate,
  overcommit: DEFAULT_GUEST.overcommit,
  boot: DEFAULT_GUEST.boot,
  trims: DEFAULT_GUEST.trims,
  cpus: DEFAULT_NATIVE.cpus,
  core_class: DEFAULT_NATIVE.coreClass,
  smp_by: DEFAULT_NATIVE.smpBy,
  scheduler: DEFAULT_NATIVE.scheduler,
  numa_node: '',
  settle_s: DEFAULT_NATIVE.settleMs,
};

export function findMisplacedKeys(draft: EnvironmentDraft): readonly Finding[] {
  const { index, environment, keys } = draft;
  const refuse = (key: string, what: string, hint: string): Finding => ({
    path: ['environments', index, key],
    at: 'key',
    what,
    hint,
  });
  const given = (table: object) => Object.keys(table).filter((key) => keys[key] !== undefined);
  switch (environment) {
    case 'native':
      return given(GUEST_KEYS).map((key) =>
        refuse(
          key,
          `not for native trials: ${GUEST_KEYS[key]}`,
          'take it out, or measure in `qemu`',
        ),
      );
    case 'qemu':
    case 'qemu-kvm':
    case 'qemu-tcg':
      return given(NATIVE_KEYS).map((key) =>
        refuse(key, `not for guests: ${NATIVE_KEYS[key]}`, 'take it out, or measure in `native`'),
      );
    case 'scripted':
      return given({ ...GUEST_KEYS, ...NATIVE_KEYS })
        .filter((key) => !SIZE_KEYS.includes(key))
        .map((key) =>
          refuse(key, 'not for scripted trials: they set up no machine', 'take it out'),
        );
    default:
      return []; // Told as an unknown environment.
  }
}
