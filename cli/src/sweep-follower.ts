// SPDX-License-Identifier: Apache-2.0
/** Gathers what a watched sweep tells into the record that analysis takes. */
import type { SweepRecord } from '@labsweep/analysis';
import { formatProblem, parseSpec, planSweep } from '@labsweep/controller';
import {
  type BlockDecision,
  type BlockId,
  type HostJoined,
  LabsweepError,
  type LogEntry,
  messageIdOf,
  type Plan,
  type Progress,
  type Spec,
  type Submitted,
  type TrialEnded,
  type WatchEvent,
} from '@labsweep/proto';

export class SweepFollower {
  private submitted: Submitted | undefined;
  private design: { readonly spec: Spec; readonly plan: Plan } | undefined;
  private readonly hosts = new Map<string, HostJoined>();
  private readonly entries: TrialEnded[] = [];
  /** The log may hold an outcome twice. */
  private readonly seen = new Set<string>();
  private readonly decisions = new Map<BlockId, BlockDecision>();
  /** The newest, for the display. */
  progress: Progress | undefined;

  /** Takes one event; returns the outcome if it was one. */
  take(event: WatchEvent): TrialEnded | undefined {
    switch (event.kind) {
      case 'progress':
        this.progress = event.progress;
        return undefined;
      case 'decision':
        this.decisions.set(event.decision.block, event.decision);
        return undefined;
      case 'entry':
        return this.takeEntry(event.entry);
    }
  }

  /**
   * Rows whose blocks are all decided need nobody; true when all others wait for a host in vain.
   */
  get stuck(): boolean {
    const { progress, design } = this;
    if (progress === undefined || design === undefined || progress.hostsAttached === 0)
      return false;
    const waiting = new Set(progress.waiting.map(({ row }) => row));
    const open = design.plan.blocks.filter((block) => !this.decisions.has(block.id));
    return open.length > 0 && open.every((block) => waiting.has(block.row));
  }

  /** False when a block ended without every trial measured. */
  get complete(): boolean {
    const decided = [...this.decisions.values()];
    const planned = this.design?.plan.blocks.length;
    return decided.length === planned && decided.every((decision) => decision.complete);
  }

  /** Undefined until the submission was seen. */
  record(state: SweepRecord['state']): SweepRecord | undefined {
    if (this.submitted === undefined || this.design === undefined) return undefined;
    return {
      sweep: this.submitted.sweep,
      state,
      ...this.design,
      submitted: this.submitted,
      entries: this.entries,
      decisions: this.decisions,
      hosts: this.newestHosts(),
      waiting: this.progress?.waiting ?? [],
    };
  }

  private takeEntry(entry: LogEntry): TrialEnded | undefined {
    switch (entry.type) {
      case 'submitted':
        this.submitted = entry;
        this.design = designOf(entry);
        return undefined;
      case 'host-joined':
        this.hosts.set(entry.session, entry);
        return undefined;
      case 'trial-ended':
        if (this.seen.has(messageIdOf(entry))) return undefined;
        this.seen.add(messageIdOf(entry));
        this.entries.push(entry);
        return entry;
      case 'commanded':
      case 'host-commanded':
      case 'cancelled':
        return undefined;
    }
  }

  /** A host that was restarted joined more than once; its newest facts stand. */
  private newestHosts(): SweepRecord['hosts'] {
    const byHost = new Map([...this.hosts.values()].map((joined) => [joined.host, joined]));
    return [...byHost.values()].map(({ host, hostName, facts }) => ({
      id: host,
      name: hostName,
      facts,
    }));
  }
}

function designOf(submitted: Submitted): { spec: Spec; plan: Plan } {
  const parsed = parseSpec({ text: submitted.specText, path: submitted.specPath });
  if (!parsed.ok) {
    const problems = parsed.problems.map(formatProblem).join('\n');
    throw new LabsweepError(`this labsweep cannot read the sweep's spec:\n${problems}`);
  }
  const spec = { ...parsed.spec, seed: submitted.seed };
  return { spec, plan: planSweep(spec) };
}
