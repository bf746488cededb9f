// SPDX-License-Identifier: Apache-2.0
/** Sums the hosts up for a user: those attached since the start, and those that the log names. */
import type { HostId, HostSummary } from '@labsweep/proto';
import type { AgentRegistry } from '../agent-registry.js';
import type { LabState } from '../fold/lab-state.js';
import type { LeaseBook } from '../schedule/lease-book.js';
import { quarantineText } from './set-aside-texts.js';

/** By name; a host that took part in a sweep is known even when its agent is long gone. */
export function hostSummaries(
  lab: LabState,
  agents: AgentRegistry,
  leases: LeaseBook,
): HostSummary[] {
  const attached = agents
    .all()
    .map(({ hello, attached: isAttached, heardAt, spooled, trouble }) => {
      const { id, name, labels } = hello.host;
      const lease = leases.ofHost(id);
      const block = lease === undefined ? '' : `${lease.sweep}/${lease.block}`;
      const seenAtMs = heardAt.unixMs;
      const seen = { attached: isAttached, seenAtMs, block, spooled, trouble, labels };
      return { ...standingOf(lab, id, name), ...seen };
    });
  const known = new Set(attached.map(({ host }) => host));
  const away = [...namesInLog(lab)].filter(([id]) => !known.has(id));
  const gone = away.map(([id, { name, atMs }]) => {
    const seen = { attached: false, seenAtMs: atMs, block: '', spooled: 0, trouble: '' };
    return { ...standingOf(lab, id, name), ...seen, labels: [] };
  });
  return [...attached, ...gone].sort((a, b) => (a.hostName < b.hostName ? -1 : 1));
}

function standingOf({ commands }: LabState, host: HostId, hostName: string) {
  const quarantine = commands
    .quarantines()
    .filter((each) => each.host === host)
    .map(quarantineText);
  return { host, hostName, isDrained: commands.isDrained(host), quarantine };
}

/** A host is called what it called itself last. */
function namesInLog(lab: LabState): Map<HostId, { readonly name: string; readonly atMs: number }> {
  const names = new Map<HostId, { readonly name: string; readonly atMs: number }>();
  for (const { hosts } of lab.sweeps.values()) {
    for (const { host, hostName, atMs } of hosts) {
      if ((names.get(host)?.atMs ?? -1) <= atMs) names.set(host, { name: hostName, atMs });
    }
  }
  return names;
}
