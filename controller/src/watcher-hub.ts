// SPDX-License-Identifier: Apache-2.0
/** Sends each watcher of a sweep what is known, then what happens, and ends it with the sweep. */
import {
  type Clock,
  type FoldEntry,
  type HostCommanded,
  messageOf,
  type Progress,
  type SweepId,
  type WatchEvent,
  wholeEntry,
} from '@labsweep/proto';
import { historyOf } from './commands/history-of.js';
import type { CommandRecord } from './fold/command-record.js';
import { isEnded, type SweepState } from './fold/lab-state.js';
import type { LoopPorts, Watcher } from './ports.js';

interface Watched {
  readonly sweep: SweepState;
  readonly watchers: Set<Watcher>;
  /** The last progress as text: the same is not sent twice. */
  lastProgress: string;
  sentAtMs: number;
  lookedAtMs: number;
}

const NEVER = Number.NEGATIVE_INFINITY;

/** Nobody reads faster, and what it costs must not grow with the events of a large lab. */
export const PROGRESS_INTERVAL_MS = 200;
/** The time that is left changes all the time; this often it is worth a message. */
const QUIET_INTERVAL_MS = 1_000;

export class WatcherHub {
  private readonly watched = new Map<SweepId, Watched>();
  private troubles: readonly string[] = [];

  constructor(
    private readonly commands: CommandRecord,
    private readonly clock: Clock,
    private readonly history: LoopPorts['history'],
    private readonly progressOf: (sweep: SweepState, troubles: readonly string[]) => Progress,
  ) {}

  setTroubles(troubles: readonly string[]): void {
    this.troubles = troubles;
  }

  /**
   * Reads the past of the sweep from the log, which ends at `lastSequence`, and lets wait what
   * happens meanwhile. Returns the function that takes the watcher away again.
   */
  add(sweep: SweepState, watcher: Watcher, lastSequence: number): () => void {
    const id = sweep.submitted.sweep;
    const decisions = [...sweep.blocks.values()].flatMap(({ decision }) => decision ?? []);
    const { entries } = historyOf(sweep, this.commands);
    const ofHosts = entries.filter(({ type }) => type === 'host-commanded');
    const late = new LateWatcher(watcher);
    const watchers = new Set<Watcher>();
    const fresh = { sweep, watchers, lastProgress: '', sentAtMs: NEVER, lookedAtMs: NEVER };
    const watched = this.watched.get(id) ?? fresh;
    if (!isEnded(sweep)) {
      this.watched.set(id, watched);
      watched.watchers.add(late);
    }
    const leave = () => {
      late.left = true;
      watched.watchers.delete(late);
      // What nobody watches need not be looked at; whoever comes next begins anew.
      const isEmpty = watched.watchers.size === 0;
      if (isEmpty && this.watched.get(id) === watched) this.watched.delete(id);
    };
    const replay = async () => {
      for await (const entry of this.history(id, lastSequence)) {
        if (late.left) return;
        watcher.send({ kind: 'entry', entry });
        await watcher.drained();
      }
      // What was asked of hosts is not in the sweep's part of the log.
      for (const entry of ofHosts) watcher.send({ kind: 'entry', entry });
      for (const decision of decisions) watcher.send({ kind: 'decision', decision });
      watcher.send({ kind: 'progress', progress: this.progressOf(sweep, this.troubles) });
      late.catchUp();
      if (isEnded(sweep)) late.end();
    };
    replay().catch((error) => {
      leave();
      watcher.fail(messageOf(error));
    });
    return leave;
  }

  /** An entry of the log changed this sweep. */
  entry(sweep: SweepState, entry: FoldEntry): void {
    const watched = this.watched.get(sweep.submitted.sweep);
    if (watched === undefined) return;
    const block = entry.type === 'trial-ended' ? sweep.blocks.get(entry.block) : undefined;
    const decision = block?.decision;
    const whole = wholeEntry(entry);
    for (const watcher of watched.watchers) {
      watcher.send({ kind: 'entry', entry: whole });
      if (decision !== undefined) watcher.send({ kind: 'decision', decision });
    }
  }

  /** Something was decided for all sweeps. */
  labEntry(entry: HostCommanded): void {
    for (const { watchers } of this.watched.values()) {
      for (const watcher of watchers) watcher.send({ kind: 'entry', entry });
    }
  }

  /** Sends progress that changed, now or soon, and ends the watchers of sweeps that ended. */
  refresh(): void {
    if (this.watched.size === 0) return;
    const nowMs = this.clock.nowMs();
    for (const [id, watched] of this.watched) {
      const { sweep, watchers } = watched;
      if (nowMs - watched.lookedAtMs < PROGRESS_INTERVAL_MS && !isEnded(sweep)) continue;
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

/** Keeps what happens until the past was told. */
class LateWatcher implements Watcher {
  left = false;
  private waiting: WatchEvent[] | undefined = [];
  private ended = false;

  constructor(private readonly watcher: Watcher) {}

  send(event: WatchEvent): void {
    if (this.waiting === undefined) this.watcher.send(event);
    else this.waiting.push(event);
  }

  drained(): Promise<void> {
    return this.watcher.drained();
  }

  end(): void {
    if (this.waiting !== undefined || this.ended || this.left) return;
    this.ended = true;
    this.watcher.end();
  }

  fail(reason: string): void {
    this.watcher.fail(reason);
  }

  catchUp(): void {
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    for (const event of waiting) this.watcher.send(event);
  }
}
