// SPDX-License-Identifier: Apache-2.0
/**
 * What of the host and of QEMU may colour a guest's numbers, as facts to be kept with its trial.
 */
import { ABSENT, type Facts, readHostTree } from '../io/host-tree.js';
import { readToolVersion } from '../io/tool-version.js';

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
export async function readEmulationFacts(qemuBinary: string): Promise<Facts> {
  const [host, version] = await Promise.all([readHostTree('/'), readToolVersion(qemuBinary)]);
  const named = HOST_FACTS.map((name) => [`host_${name}`, host[name] ?? ABSENT]);
  return { ...Object.fromEntries(named), qemu_version: version ?? ABSENT };
}
