// SPDX-License-Identifier: Apache-2.0
/**
 * Finds hosts and kernels whose trials the lab keeps failing, and proposes to quarantine them. Who
 * is quarantined is in the log; this only watches the outcomes go by.
 */
import {
  type FoldOutcome,
  type HostCommand,
  type HostCommanded,
  type HostDescription,
  type HostId,
  type KernelName,
  messageIdOf,
  speaksAgainstHost,
} from '@labsweep/proto';
import { FATAL_DEATHS_MIN, type HostDeaths } from './host-deaths.js';
import { KvmLosses } from './kvm-losses.js';

/** Attempts in a row, whatever their kernels, that the lab failed on a host. */
export const HOST_FAILURES_MAX = 5;
/** Trials in a row of one kernel that the lab failed on a host. */
export const PAIR_FAILURES_MAX = 3;
/** Hosts on which a kernel failed so: then it is the kernel. */
export const KERNEL_HOSTS_MIN = 2;
/**
 * Times that a host lost KVM, which it had offered under the same kernel, with no trial under KVM
 * measured between: its canary guests boot now and then.
 */
export const CANARY_FAILURES_MAX = 3;
/** An entry that has not come back through the log by then is appended again, under its old id. */
const APPEND_AGAIN_MS = 60_000;

export type Quarantine = Extract<HostCommand, { kind: 'quarantine' }>;

/** What to append to the log; `id` follows from the outcome, so two controllers say the same. */
export interface QuarantineProposal {
  readonly id: string;
  readonly command: Quarantine;
}

/** What tells the sessions of a host apart. */
export interface Arrival {
  readonly session: string;
  /** Of the agent's process: a session may be another one of the same process. */
  readonly startedAtMs: number;
}

interface Target {
  readonly host?: HostId;
  readonly kernel?: KernelName;
}

interface HostHistory {
  name: string;
  attempt: string;
  hasFailed: boolean;
  /** Attempts without a good one between them. */
  failures: number;
  /** Per kernel: trials that failed in a row, and whether another kernel was measured meanwhile. */
  readonly kernels: Map<KernelName, { failures: number; othersAreFine: boolean }>;
}

export class HostHealth {
  private readonly hosts = new Map<HostId, HostHistory>();
  /** By target, until the log has them. */
  private readonly proposals = new Map<string, QuarantineProposal & { takenAtMs?: number }>();
  private readonly quarantined = new Set<string>();
  private readonly kvm = new KvmLosses();

  constructor(private readonly deaths: HostDeaths) {}

  observe(entry: FoldOutcome): void {
    this.deaths.forget(entry.host);
    const { status, failure } = entry.outcome;
    const isOurs = status === 'lab-failed';
    if (isOurs && failure !== undefined && !speaksAgainstHost(failure.class)) return;
    const history = this.historyOf(entry);
    if (isOurs) {
      this.failed(entry, history);
      return;
    }
    if (status === 'measured' && entry.environment === 'qemu-kvm') this.kvm.forget(entry.host);
    // The subject failing shows that the lab works.
    history.kernels.delete(entry.kernel);
    for (const streak of history.kernels.values()) streak.othersAreFine = true;
  }

  /** An agent says hello. */
  came(now: HostDescription, agent: Arrival, nowMs: number): void {
    this.lookAtKvm(now, nowMs);
    this.lookForDeath(now, agent);
  }

  /** A quarantine that is in the log is proposed no longer; a release starts all counts anew. */
  commanded({ command }: HostCommanded): void {
    if (command.kind !== 'quarantine' && command.kind !== 'release') return;
    const { host, kernel } = command;
    this.proposals.delete(targetOf(command));
    if (command.kind === 'quarantine') {
      this.quarantined.add(targetOf(command));
      return;
    }
    for (const target of this.quarantined) {
      if (isReleased(target, command)) this.quarantined.delete(target);
    }
    for (const id of this.deaths.hosts()) {
      if (kernel === undefined && (host === undefined || id === host)) this.deaths.forget(id);
    }
    if (kernel === undefined) this.kvm.forget(host);
    for (const [id, history] of this.hosts) {
      if (host !== undefined && id !== host) continue;
      if (kernel === undefined) history.kernels.clear();
      else history.kernels.delete(kernel);
      history.failures = 0;
    }
  }

  /** What is to be appended now; each is handed out again when the log does not bring it back. */
  take(nowMs: number): readonly QuarantineProposal[] {
    if (this.proposals.size === 0) return [];
    const due = [...this.proposals.values()].filter(
      ({ takenAtMs }) => takenAtMs === undefined || nowMs - takenAtMs >= APPEND_AGAIN_MS,
    );
    for (const proposal of due) proposal.takenAtMs = nowMs;
    return due.map(({ id, command }) => ({ id, command }));
  }

  /**
   * A host that never had KVM says so, and gets no trial under it. One that had it and lost it gave
   * a block back, and after a restart of its agent it may offer it again.
   */
  private lookAtKvm(now: HostDescription, nowMs: number) {
    const { id: host, name } = now;
    const loss = this.kvm.came(now);
    if (loss === undefined || loss.count < CANARY_FAILURES_MAX) return;
    const reason =
      `KVM came and went ${loss.count} times on ${name} under one kernel; ` +
      `the last: ${loss.reason}`;
    this.propose(`canary/${nowMs}`, { kind: 'quarantine', host, reason });
  }

  /** What the host dies of leaves no outcome in the log. */
  private lookForDeath({ id: host, name }: HostDescription, { startedAtMs, session }: Arrival) {
    this.deaths.came(host, startedAtMs);
    if (this.deaths.count(host) < FATAL_DEATHS_MIN) return;
    const reason = `${name}: ${this.deaths.reason(host)}`;
    this.propose(`death/${session}`, { kind: 'quarantine', host, reason });
  }

  private historyOf(entry: FoldOutcome): HostHistory {
    const attempt = `${entry.sweep}/${entry.block}/${entry.attempt}`;
    const known = this.hosts.get(entry.host);
    if (known === undefined) {
      const name = entry.hostName;
      const fresh = { name, attempt, hasFailed: false, failures: 0, kernels: new Map() };
      this.hosts.set(entry.host, fresh);
      return fresh;
    }
    if (known.attempt !== attempt) {
      if (!known.hasFailed) known.failures = 0;
      known.attempt = attempt;
      known.hasFailed = false;
    }
    return known;
  }

  private failed(entry: FoldOutcome, history: HostHistory): void {
    const { host, kernel } = entry;
    const streak = history.kernels.get(kernel) ?? { failures: 0, othersAreFine: false };
    streak.failures += 1;
    history.kernels.set(kernel, streak);
    if (!history.hasFailed) history.failures += 1;
    history.hasFailed = true;
    const last = `the last: ${entry.outcome.failure?.message ?? 'no reason was told'}`;
    if (history.failures >= HOST_FAILURES_MAX) {
      const reason = `the lab failed ${history.failures} attempts in a row on ${history.name}; ${last}`;
      this.propose(messageIdOf(entry), { kind: 'quarantine', host, reason });
      return;
    }
    if (streak.failures < PAIR_FAILURES_MAX) return;
    const failing = [...this.hosts.values()].filter(
      (other) => (other.kernels.get(kernel)?.failures ?? 0) >= PAIR_FAILURES_MAX,
    );
    if (failing.length >= KERNEL_HOSTS_MIN) {
      const names = failing.map(({ name }) => name).join(', ');
      const reason = `the lab failed its trials ${PAIR_FAILURES_MAX} times in a row on ${names}; ${last}`;
      this.propose(messageIdOf(entry), { kind: 'quarantine', kernel, reason });
    } else if (streak.othersAreFine) {
      const reason =
        `the lab failed ${streak.failures} trials of ${kernel} in a row on ${history.name}, ` +
        `where other kernels are measured; ${last}`;
      this.propose(messageIdOf(entry), { kind: 'quarantine', host, kernel, reason });
    }
  }

  /** `cause` is the same for all controllers that see it, where it is an outcome. */
  private propose(cause: string, command: Quarantine): void {
    const target = targetOf(command);
    if (this.proposals.has(target) || this.quarantined.has(target)) return;
    this.proposals.set(target, { id: `quarantine/${target}/${cause}`, command });
  }
}

function targetOf({ host, kernel }: Target): string {
  return `${host ?? '*'}/${kernel ?? '*'}`;
}

/** The release of a host is one of its kernels too, and that of a kernel one on every host. */
function isReleased(target: string, by: Target): boolean {
  const [host, kernel] = target.split('/');
  return (
    (by.host === undefined || by.host === host) && (by.kernel === undefined || by.kernel === kernel)
  );
}
