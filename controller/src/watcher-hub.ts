// SPDX-License-Identifier: Apache-2.0
/** Sends each watcher of a sweep what is known, then what happens, and ends it with the sweep. */
import type { Clock, HostId, LogEntry, Progress, SweepId } from '@labsweep/proto';
import type { AgentRegistry } from './agent-registry.js';
import { setAsideTexts } from './commands/set-aside-texts.js';
import type { CommandRecord } from './fold/command-record.js';
import { isEnded, type SweepState } from './fold/lab-state.js';
import type { Watcher } from './ports.js';
import { progressOf } from './sweep-progress.js';

interface Watched {
  readonly sweep: SweepState;
  readonly watchers: Set<Watcher>;
  /** The last progress as text: the same is not sent twice. */
  lastProgress: string;
  sentAtMs: number;
}

/** The time that is left changes all the time; this often it is worth a message. */
const QUIET_INTERVAL_MS = 1_000;

export class WatcherHub {
  private readonly watched = new Map<SweepId, Watched>();
  private troubles: readonly string[] = [];

  constructor(
    private readonly agents: AgentRegistry,
    private readonly commands: CommandRecord,
    private readonly clock: Clock,
  ) {}

  setTroubles(troubles: readonly string[]): void {
    this.troubles = troubles;
  }

  /** Returns the function that takes the watcher away again. */
  add(sweep: SweepState, watcher: Watcher): () => void {
    watcher.send({ kind: 'entry', entry: sweep.submitted });
    const commands = this.commands.ofSweep(sweep.submitted.sweep);
    for (const entry of [...sweep.hosts, ...commands, ...sweep.entries]) {
      watcher.send({ kind: 'entry', entry });
    }
    for (const { decision } of sweep.blocks.values()) {
      if (decision !== undefined) watcher.send({ kind: 'decision', decision });
    }
    watcher.send({ kind: 'progress', progress: this.progressOf(sweep) });
    if (isEnded(sweep)) {
      watcher.end();
      return () => {};
    }
    const id = sweep.submitted.sweep;
    const fresh = { sweep, watchers: new Set<Watcher>(), lastProgress: '', sentAtMs: 0 };
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

  /** Sends progress that changed, and ends the watchers of sweeps that ended. */
  refresh(): void {
    const nowMs = this.clock.nowMs();
    for (const [id, watched] of this.watched) {
      const { sweep, watchers } = watched;
      const progress = this.progressOf(sweep);
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

  private progressOf(sweep: SweepState): Progress {
    const nameOf = (host: HostId) => this.agents.hello(host)?.host.name ?? host;
    const setAside = setAsideTexts(this.commands, nameOf);
    return progressOf(sweep, this.agents, { troubles: this.troubles, setAside });
  }
}
