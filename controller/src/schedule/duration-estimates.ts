// SPDX-License-Identifier: Apache-2.0
/**
 * Learns from outcomes how long a trial of a row takes on a host, in the environment that it really
 * ran in: `qemu` is KVM on one host and emulation, many times slower, on another. A row has one SMP
 * count. What a row knows goes with its sweep; what the lab knows of trials like it stays.
 */
import type { Environment, FoldOutcome, HostId, PlannedRow, RowId, SweepId } from '@labsweep/proto';
import type { LabState } from '../fold/lab-state.js';
import { kindOf, LabDurations } from './lab-durations.js';
import { CANDIDATES } from './match-host.js';
import { emptyMean, learn, learnedMs, type RecentMean } from './recent-mean.js';

/** Where a trial is to run. */
export interface TrialPlace {
  readonly host: HostId;
  readonly environment: Environment;
}

/** All of them learn from the same outcomes. */
interface HostMeans {
  readonly own: RecentMean;
  readonly lab: { readonly all: RecentMean; readonly own: RecentMean } | undefined;
}

interface EnvironmentMeans {
  readonly all: RecentMean;
  readonly byHost: Map<HostId, HostMeans>;
}

interface RowMeans {
  /** Of all environments: how long one takes that may go anywhere. */
  readonly all: RecentMean;
  readonly byEnvironment: Map<Environment, EnvironmentMeans>;
}

export class DurationEstimates {
  private readonly sweeps = new Map<SweepId, Map<RowId, RowMeans>>();
  private readonly durations = new LabDurations();
  private readonly kinds = new WeakMap<PlannedRow, Map<Environment, string>>();

  constructor(private readonly lab: Pick<LabState, 'sweeps'>) {}

  /**
   * Only measured trials teach: others end early, or at their deadline. Every outcome of the lab
   * comes here, so nothing is made for one whose row, environment and host are known.
   */
  observe(entry: FoldOutcome): void {
    if (entry.outcome.status !== 'measured') return;
    const { sweep, block, environment, host, durationMs } = entry;
    const row = block.slice(0, block.lastIndexOf('/')) as RowId;
    const means = this.sweeps.get(sweep)?.get(row) ?? this.beginRow(sweep, row);
    const ofEnvironment = means.byEnvironment.get(environment) ?? begin(means, environment);
    const ofHost = ofEnvironment.byHost.get(host) ?? this.beginHost(ofEnvironment, row, entry);
    learn(means.all, durationMs);
    learn(ofEnvironment.all, durationMs);
    learn(ofHost.own, durationMs);
    if (ofHost.lab === undefined) return;
    learn(ofHost.lab.own, durationMs);
    learn(ofHost.lab.all, durationMs);
  }

  /**
   * Of one trial: as the row took at this place, else on other hosts in this environment, else as
   * trials like it took in other sweeps or rows, else as the spec guesses.
   */
  trialMs(sweep: SweepId, row: PlannedRow, place?: TrialPlace): number {
    const means = this.sweeps.get(sweep)?.get(row.id);
    if (place === undefined) {
      return learnedMs(means?.all) ?? this.ofLabAnywhere(sweep, row) ?? row.estimateMs;
    }
    const { host, environment } = place;
    const known = means?.byEnvironment.get(environment);
    const ofRow = learnedMs(known?.byHost.get(host)?.own) ?? learnedMs(known?.all);
    if (ofRow !== undefined) return ofRow;
    const kind = this.kindOf(sweep, row, environment);
    const ofLab = kind === undefined ? undefined : this.durations.trialMs(kind, host);
    return ofLab ?? row.estimateMs;
  }

  /** What was learned of the sweep's rows serves no other; the lab's own means stay. */
  forget(sweep: SweepId): void {
    this.sweeps.delete(sweep);
  }

  /** In that of the environments the row may run in that most trials like it ran in. */
  private ofLabAnywhere(sweep: SweepId, row: PlannedRow): number | undefined {
    let most = 0;
    let trialMs: number | undefined;
    for (const environment of CANDIDATES[row.environment]) {
      const kind = this.kindOf(sweep, row, environment);
      if (kind === undefined || this.durations.count(kind) <= most) continue;
      most = this.durations.count(kind);
      trialMs = this.durations.trialMs(kind, undefined);
    }
    return trialMs;
  }

  private beginRow(sweep: SweepId, row: RowId): RowMeans {
    const rows = this.sweeps.get(sweep) ?? new Map<RowId, RowMeans>();
    this.sweeps.set(sweep, rows);
    const means = { all: emptyMean(), byEnvironment: new Map() };
    rows.set(row, means);
    return means;
  }

  private beginHost(
    means: EnvironmentMeans,
    id: RowId,
    { sweep, host, environment }: FoldOutcome,
  ): HostMeans {
    const row = this.lab.sweeps.get(sweep)?.rows.get(id);
    const kind = row === undefined ? undefined : this.kindOf(sweep, row, environment);
    const lab = kind === undefined ? undefined : this.durations.begin(kind, host);
    const fresh = { own: emptyMean(), lab };
    means.byHost.set(host, fresh);
    return fresh;
  }

  /** Undefined for a sweep that is not known. Kept, because the scheduler asks at each grant. */
  private kindOf(id: SweepId, row: PlannedRow, environment: Environment): string | undefined {
    const ofRow = this.kinds.get(row) ?? new Map<Environment, string>();
    const known = ofRow.get(environment);
    if (known !== undefined) return known;
    const sweep = this.lab.sweeps.get(id);
    if (sweep === undefined) return undefined;
    const kind = kindOf(sweep, row, environment);
    this.kinds.set(row, ofRow.set(environment, kind));
    return kind;
  }
}

function begin(means: RowMeans, environment: Environment): EnvironmentMeans {
  const fresh = { all: emptyMean(), byHost: new Map() };
  means.byEnvironment.set(environment, fresh);
  return fresh;
}
