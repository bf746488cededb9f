// SPDX-License-Identifier: Apache-2.0
/**
 * What was asked and decided after the submissions, in log order: the commands of each sweep, which
 * hosts are drained, and which hosts and kernels are in quarantine. It does not say what a command
 * does to a plan.
 */
import {
  type Commanded,
  type HostCommand,
  type HostCommanded,
  type HostId,
  type KernelName,
  messageIdOf,
  type SweepId,
} from '@labsweep/proto';

export interface Quarantine {
  /** Undefined for a kernel that no host gets. */
  readonly host?: HostId;
  /** Undefined for a host that gets nothing. */
  readonly kernel?: KernelName;
  readonly reason: string;
  readonly by: string;
  readonly atMs: number;
}

type Target = Pick<Quarantine, 'host' | 'kernel'>;

export class CommandRecord {
  private readonly ids = new Set<string>();
  private readonly skipped = new Set<string>();
  private readonly sweeps = new Map<SweepId, Commanded[]>();
  private readonly hosts: HostCommanded[] = [];
  private readonly drained = new Map<HostId, HostCommanded>();
  private quarantined: readonly Quarantine[] = [];

  /** False for a command that was taken before, which changes nothing. */
  take(entry: Commanded | HostCommanded): boolean {
    const id = messageIdOf(entry);
    if (this.ids.has(id)) return false;
    this.ids.add(id);
    if (entry.type === 'host-commanded') {
      this.hosts.push(entry);
      this.takeHostCommand(entry, entry.command);
      return true;
    }
    const ofSweep = this.sweeps.get(entry.sweep);
    if (ofSweep === undefined) this.sweeps.set(entry.sweep, [entry]);
    else ofSweep.push(entry);
    return true;
  }

  /** It was taken, and changed nothing. */
  skip(entry: Commanded): void {
    this.skipped.add(messageIdOf(entry));
  }

  isSkipped(messageId: string): boolean {
    return this.skipped.has(messageId);
  }

  /** `messageId` is that of the command's entry. */
  has(messageId: string): boolean {
    return this.ids.has(messageId);
  }

  ofSweep(sweep: SweepId): readonly Commanded[] {
    return this.sweeps.get(sweep) ?? [];
  }

  ofHosts(): readonly HostCommanded[] {
    return this.hosts;
  }

  /** A drained host ends the block that it runs, and gets no other. */
  isDrained(host: HostId): boolean {
    return this.drained.has(host);
  }

  drains(): readonly HostCommanded[] {
    return [...this.drained.values()];
  }

  quarantines(): readonly Quarantine[] {
    return this.quarantined;
  }

  /** What keeps trials of the kernel off the host: its quarantine, the kernel's, or the pair's. */
  quarantineOf(host: HostId, kernel: KernelName): Quarantine | undefined {
    return this.quarantined.find(
      (other) =>
        (other.host === undefined || other.host === host) &&
        (other.kernel === undefined || other.kernel === kernel),
    );
  }

  private takeHostCommand(entry: HostCommanded, command: HostCommand): void {
    switch (command.kind) {
      case 'drain':
        this.drained.set(command.host, entry);
        return;
      case 'undrain':
        this.drained.delete(command.host);
        return;
      case 'quarantine': {
        const { kind: _, ...quarantine } = command;
        const others = this.quarantined.filter((other) => !isSame(other, command));
        this.quarantined = [...others, { ...quarantine, by: entry.by, atMs: entry.atMs }];
        return;
      }
      case 'release':
        this.quarantined = this.quarantined.filter((other) => !isReleased(other, command));
        return;
    }
  }
}

function isSame(one: Target, other: Target): boolean {
  return one.host === other.host && one.kernel === other.kernel;
}

/** A release of a host, or of a kernel, takes the quarantines of their pairs with it. */
function isReleased(quarantine: Target, { host, kernel }: Target): boolean {
  if (host === undefined) return quarantine.kernel === kernel;
  if (quarantine.host !== host) return false;
  return kernel === undefined || quarantine.kernel === kernel;
}
