// SPDX-License-Identifier: Apache-2.0
/**
 * How long trials of one kind take on the hosts of the lab, whichever sweep they are of: what the
 * next sweep starts from. A kind is a workload with its arguments, in one environment with one SMP
 * count, for one purpose; trials of others say nothing about it.
 */
import type { Environment, HostId, PlannedRow } from '@labsweep/proto';
import type { SweepState } from '../fold/lab-state.js';
import { emptyMean, learnedMs, type RecentMean } from './recent-mean.js';

/** Of hosts, about 100 bytes each; then those of the kinds that were begun longest ago go. */
export const HOST_MEANS_MAX = 100_000;
/** Then the one that was begun longest ago is forgotten. */
export const KINDS_MAX = 1_000;

interface KindDurations {
  readonly all: RecentMean;
  readonly byHost: Map<HostId, RecentMean>;
}

export class LabDurations {
  /** The kind that was begun last stands last. */
  private readonly kinds = new Map<string, KindDurations>();
  private hostMeans = 0;

  /** Where to learn of a host that begins with trials of the kind: the same for all rows of it. */
  begin(kind: string, host: HostId): { readonly all: RecentMean; readonly own: RecentMean } {
    const { all, byHost } = this.kinds.get(kind) ?? this.fresh();
    this.kinds.delete(kind);
    this.kinds.set(kind, { all, byHost });
    const known = byHost.get(host);
    if (known !== undefined) return { all, own: known };
    const own = emptyMean();
    byHost.set(host, own);
    this.hostMeans += 1;
    if (this.hostMeans > HOST_MEANS_MAX) this.forgetHosts();
    return { all, own };
  }

  /** As this host took, else as all did. */
  trialMs(kind: string, host: HostId | undefined): number | undefined {
    const known = this.kinds.get(kind);
    if (known === undefined) return undefined;
    const own = host === undefined ? undefined : known.byHost.get(host);
    return learnedMs(own) ?? learnedMs(known.all);
  }

  /** How many trials of the kind were measured. */
  count(kind: string): number {
    return this.kinds.get(kind)?.all.count ?? 0;
  }

  private fresh(): KindDurations {
    const [oldest] = this.kinds;
    if (oldest !== undefined && this.kinds.size >= KINDS_MAX) {
      const [kind, { byHost }] = oldest;
      this.kinds.delete(kind);
      this.hostMeans -= byHost.size;
    }
    return { all: emptyMean(), byHost: new Map() };
  }

  /** Half of them at once, so that it is seldom. What all hosts took together stays. */
  private forgetHosts(): void {
    for (const { byHost } of this.kinds.values()) {
      if (this.hostMeans <= HOST_MEANS_MAX / 2) return;
      this.hostMeans -= byHost.size;
      byHost.clear();
    }
  }
}

/** The name of the kind of a row's trials. */
export function kindOf(sweep: SweepState, row: PlannedRow, environment: Environment): string {
  const { submitted, spec } = sweep;
  const { arguments: words, variables } = spec.workload;
  const { sha256, files } = submitted.workload;
  const program = [sha256, files, words, Object.entries(variables)];
  return JSON.stringify([...program, environment, row.shape.smp, row.purpose]);
}
