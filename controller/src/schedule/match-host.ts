// SPDX-License-Identifier: Apache-2.0
/** Says in which environment a host can run a row, or why it cannot. */
import type { Environment, EnvironmentRequest, HostDescription, PlannedRow } from '@labsweep/proto';

export type Match =
  | { readonly environment: Environment }
  | { readonly environment?: undefined; readonly reason: string };

/** `qemu` prefers KVM, where a canary guest proved it, over emulation. */
const CANDIDATES: Record<EnvironmentRequest, readonly Environment[]> = {
  native: ['native'],
  qemu: ['qemu-kvm', 'qemu-tcg'],
  'qemu-kvm': ['qemu-kvm'],
  'qemu-tcg': ['qemu-tcg'],
  scripted: ['scripted'],
};

export function matchHost(row: PlannedRow, host: HostDescription): Match {
  const { smp, memoryMib } = row.shape;
  const { cpus, memoryMib: offeredMib } = host.capacity;
  if (row.environment === 'native' && smp > cpus) {
    return { reason: `${host.name} has ${cpus} CPUs, the row needs ${smp}` };
  }
  if (memoryMib > offeredMib) {
    return { reason: `${host.name} has ${offeredMib} MiB of memory, the row needs ${memoryMib}` };
  }
  const candidates = CANDIDATES[row.environment];
  const supports = candidates.map((environment) => findSupport(host, environment));
  const usable = supports.find((support) => support.available);
  if (usable !== undefined) return { environment: usable.environment };
  const reasons = supports.map(({ environment, reason }) => `${environment}: ${reason}`);
  return { reason: `${host.name}: ${reasons.join('; ')}` };
}

function findSupport(host: HostDescription, environment: Environment) {
  const offered = host.supports.find((support) => support.environment === environment);
  return offered ?? { environment, available: false, reason: 'not offered by this agent' };
}
