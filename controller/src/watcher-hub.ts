// SPDX-License-Identifier: Apache-2.0
/** Sends each watcher of a sweep what is known, then what happens, and ends it with the sweep. */
import type { Clock, LogEntry, Progress, SweepId } from '@labsweep/proto';
import { isEnded, type SweepState } from './fold/lab-state.js';
import type { Watcher } from './ports.js';

interface Watched {
  readonly sweep: SweepState;
  readonly watchers: Set<Watcher>;
  /** The last progress as text: the same is not sent twice. */
  lastProgress: string;
  sentAtMs: number;
  lookedAtMs: number;
}

/** Nobody reads faster, and what it costs must not grow with the events of a large lab. */
export const PROGRESS_INTERVAL_MS = 200;
/** The time that is left changes all the time; this often it is worth a message. */
const QUIET_INTERVAL_MS = 1_000;

type ProgressOf = (sweep: SweepState, troubles: readonly string[]) => Progress;

export class WatcherHub {
  private readonly watched = new Map<SweepId, Watched>();
  private troubles: readonly string[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly progressOf: ProgressOf,
  ) {}

  setTroubles(troubles: readonly string[]): void {
    this.troubles = troubles;
  }

  /** Returns the function that takes the watcher away again. */
  add(sweep: SweepState, watcher: Watcher): () => void {
    watcher.send({ kind: 'entry', entry: sweep.submitted });
    for (const entry of [...sweep.hosts, ...sweep.entries]) watcher.send({ kind: 'entry', entry });
    for (const { decision } of sweep.blocks.values()) {
      if (decision !== undefined) watcher.send({ kind: 'decision', decision });
    }
    watcher.send({ kind: 'progress', progress: this.progressOf(sweep, this.troubles) });
    if (isEnded(sweep)) {
      watcher.end();
      return () => {};
    }
    const id = sweep.submitted.sweep;
    const never = Number.NEGATIVE_INFINITY;
    const times = { sentAtMs: never, lookedAtMs: never };
    const fresh = { sweep, watchers: new Set<Watcher>(), lastProgress: '', ...times };
    const watched = this.watched.get(id) ?? fresh;
    this.watched.set(id, watched);
    watched.watchers.add(watcher);
    return () => watched.watchers.delete(watcher);
  }

  /** An entry of the log changed this sweep. */
  entry(sweep: SweepState, entry: LogEntry): void {
    const watched = this.watched.get(sweep.submitted.sweep);
    if (watched === undefined) return;
    const block = entry.type === 'trial-ended' ? sweep.blocks.get(entry.block) : undefined;
    const decision = block?.decision;
    for (const watcher of watched.watchers) {
      watcher.send({ kind: 'entry', entry });
      if (decision !== undefined) watcher.send({ kind: 'decision', decision });
    }
  }

  /** Sends progress that changed, now or soon, and ends the watchers of sweeps that ended. */
  refresh(): void {
    if (this.watched.size === 0) return;
    const nowMs = this.clock.nowMs();
    for (const [id, watched] of this.watched) {
      const { sweep, watchers } = watched;
      const isSoon = nowMs - watched.lookedAtMs < PROGRESS_INTERVAL_MS;
      if (isSoon && !isEnded(sweep)) continue;
      watched.lookedAtMs = nowMs;
      const progress = this.progressOf(sweep, this.troubles);
      const { remainingMs: _, ...steady } = progress;
      const text = JSON.stringify(steady);
      const due = text !== watched.lastProgress || nowMs - watched.sentAtMs >= QUIET_INTERVAL_MS;
      if (due) {
        for (const watcher of watchers) watcher.send({ kind: 'progress', progress });
        watched.lastProgress = text;
        watched.sentAtMs = nowMs;
      }
      if (!isEnded(sweep)) continue;
      for (const watcher of watchers) watcher.end();
      this.watched.delete(id);
    }
  }
}
