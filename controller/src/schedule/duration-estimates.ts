// SPDX-License-Identifier: Apache-2.0
/**
 * Learns from outcomes how long a trial of a row takes on a host. A row has one environment and one
 * SMP count, so what is learned is told apart by these too.
 */
import type { HostId, PlannedRow, RowId, SweepId, TrialEnded } from '@labsweep/proto';

/** Older trials fade: a host whose clock rate fell, or a cache that is warm now, is soon seen. */
const WEIGHT_MIN = 1 / 8;

interface Mean {
  valueMs: number;
  count: number;
}

interface RowMeans {
  readonly all: Mean;
  readonly byHost: Map<HostId, Mean>;
}

export class DurationEstimates {
  private readonly sweeps = new Map<SweepId, Map<RowId, RowMeans>>();

  /** Only measured trials teach: others end early, or at their deadline. */
  observe(entry: TrialEnded): void {
    if (entry.outcome.status !== 'measured') return;
    const row = entry.block.slice(0, entry.block.lastIndexOf('/')) as RowId;
    const means = this.meansOf(entry.sweep, row);
    learn(means.all, entry.durationMs);
    const known = means.byHost.get(entry.host);
    if (known === undefined) {
      means.byHost.set(entry.host, { valueMs: entry.durationMs, count: 1 });
    } else {
      learn(known, entry.durationMs);
    }
  }

  /** Of one trial: as this host took, else as all did, else as the spec guesses. */
  trialMs(sweep: SweepId, row: PlannedRow, host?: HostId): number {
    const means = this.sweeps.get(sweep)?.get(row.id);
    if (means === undefined) return row.estimateMs;
    const own = host === undefined ? undefined : means.byHost.get(host);
    return own?.valueMs ?? means.all.valueMs;
  }

  forget(sweep: SweepId): void {
    this.sweeps.delete(sweep);
  }

  private meansOf(sweep: SweepId, row: RowId): RowMeans {
    const rows = this.sweeps.get(sweep) ?? new Map<RowId, RowMeans>();
    this.sweeps.set(sweep, rows);
    const means = rows.get(row) ?? { all: { valueMs: 0, count: 0 }, byHost: new Map() };
    rows.set(row, means);
    return means;
  }
}

function learn(mean: Mean, durationMs: number): void {
  mean.count += 1;
  mean.valueMs += (durationMs - mean.valueMs) * Math.max(WEIGHT_MIN, 1 / mean.count);
}
