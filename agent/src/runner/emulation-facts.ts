// SPDX-License-Identifier: Apache-2.0
/**
 * What of the host may colour a guest's numbers, as facts to be kept with its trial. What QEMU says
 * of itself is asked elsewhere, through QMP.
 */
import { ABSENT, type Facts, readHostTree } from '../io/host-tree.js';

const HOST_FACTS = [
  'kernel_release',
  'clocksource',
  'governor',
  'loadavg',
  'microcode',
  'smt_control',
  'steal_ticks',
  'thp_enabled',
  'turbo',
  'virtualization',
];

/** Host facts are called `host_...`, apart from those that the guest says of itself. */
export async function readEmulationFacts(): Promise<Facts> {
  const host = await readHostTree('/');
  return Object.fromEntries(HOST_FACTS.map((name) => [`host_${name}`, host[name] ?? ABSENT]));
}
