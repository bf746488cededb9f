// SPDX-License-Identifier: Apache-2.0
/** Gathers what a watched sweep tells into the record that analysis takes. */
import type { CommandEntry, SweepRecord } from '@labsweep/analysis';
import {
  designOf,
  extendDesign,
  formatProblem,
  parseSpec,
  type SweepDesign,
  takesEffect,
} from '@labsweep/controller';
import {
  type BlockDecision,
  type BlockId,
  type Commanded,
  type HostJoined,
  LabsweepError,
  type LogEntry,
  messageIdOf,
  type Progress,
  type Submitted,
  type TrialEnded,
  type WatchEvent,
} from '@labsweep/proto';
import type { SweepLog } from './record/sweep-log.js';

export class SweepFollower {
  /** As it stands in the log. */
  private submission: Submitted | undefined;
  /** With the kernels that were added later. */
  private submitted: Submitted | undefined;
  private design: SweepDesign | undefined;
  private isCancelled = false;
  private readonly commands: CommandEntry[] = [];
  /** Ids of those that changed nothing. */
  private readonly withoutEffect = new Set<string>();
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
    // Whoever paused it means to resume it.
    if (progress.summary.state === 'paused') return false;
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
      spec: this.design.spec,
      plan: this.design.plan,
      submitted: this.submitted,
      entries: this.entries,
      decisions: this.decisions,
      hosts: this.newestHosts(),
      waiting: this.progress?.waiting ?? [],
      ...(this.commands.length === 0 ? {} : { commands: this.commands.toSorted(byTime) }),
      ...(this.withoutEffect.size === 0 ? {} : { withoutEffect: this.withoutEffect }),
    };
  }

  /**
   * All that `record` is made from. Live or replayed, the same sweep gives the same log. Undefined
   * until the submission was seen.
   */
  log(state: SweepRecord['state']): SweepLog | undefined {
    const { submission, design, decisions } = this;
    if (submission === undefined || design === undefined) return undefined;
    const commanded = this.commands.filter((entry) => entry.type === 'commanded');
    const ofHosts = this.commands.filter((entry) => entry.type === 'host-commanded');
    return {
      sweep: submission.sweep,
      state,
      waiting: this.progress?.waiting ?? [],
      decisions: design.plan.blocks.flatMap(({ id }) => decisions.get(id) ?? []),
      entries: [submission, ...this.hosts.values(), ...commanded, ...ofHosts, ...this.entries],
    };
  }

  private takeEntry(entry: LogEntry): TrialEnded | undefined {
    switch (entry.type) {
      case 'submitted':
        this.submission = entry;
        this.submitted = entry;
        this.design = designOfEntry(entry);
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
        this.takeCommand(entry);
        return undefined;
      case 'host-commanded':
        this.commands.push(entry);
        return undefined;
      case 'cancelled':
        this.isCancelled = true;
        return undefined;
    }
  }

  /** As the controller folds it: the plan grows, or decisions are taken back. */
  private takeCommand(entry: Commanded): void {
    if (this.commands.some(({ id }) => id === entry.id)) return;
    this.commands.push(entry);
    const { command } = entry;
    const { design, isCancelled } = this;
    if (design === undefined) return;
    if (!takesEffect({ spec: design.spec, isCancelled }, command)) {
      this.withoutEffect.add(entry.id);
      return;
    }
    if (command.kind === 'cancel') this.isCancelled = true;
    this.design = extendDesign(design, command);
    if (command.kind === 'add-kernel' && this.submitted !== undefined) {
      const kernels = [...this.submitted.kernels, command.kernel];
      this.submitted = { ...this.submitted, kernels };
    }
    const planned = new Set(this.design.plan.blocks.map(({ id }) => id));
    const isTakenBack = (block: BlockId, { complete }: BlockDecision) =>
      !planned.has(block) ||
      (command.kind === 'rerun-failed' && !complete) ||
      (command.kind === 'rerun-row' && block.startsWith(`${command.row}/`));
    for (const [block, decision] of this.decisions) {
      if (isTakenBack(block, decision)) this.decisions.delete(block);
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

/** What was asked of hosts stands in another part of the log, and comes apart. */
function byTime(one: CommandEntry, other: CommandEntry): number {
  return one.atMs - other.atMs;
}

function designOfEntry(submitted: Submitted): SweepDesign {
  const parsed = parseSpec({ text: submitted.specText, path: submitted.specPath });
  if (!parsed.ok) {
    const problems = parsed.problems.map(formatProblem).join('\n');
    throw new LabsweepError(`this labsweep cannot read the sweep's spec:\n${problems}`);
  }
  return designOf({ ...parsed.spec, seed: submitted.seed });
}
