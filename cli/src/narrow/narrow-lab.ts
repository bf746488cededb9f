// SPDX-License-Identifier: Apache-2.0
/** Runs one sweep of a narrowing in a lab, by the way that every sweep takes, or finds it there. */
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { SweepRecord } from '@labsweep/analysis';
import { type SpecVariant, specVariant } from '@labsweep/controller';
import { LabsweepError, messageOf, type SweepId, UnreachableError } from '@labsweep/proto';
import { askSweep } from '../ask-sweep.js';
import { followSweep } from '../follow-sweep.js';
import { hashesOf } from '../local-inputs.js';
import type { Display } from '../progress/display.js';
import type { LabAtWork } from '../with-lab.js';
import { writeResults } from '../write-results.js';
import type { NarrowTask } from './narrow-question.js';

export interface NarrowLabOptions {
  readonly lab: LabAtWork;
  readonly task: NarrowTask;
  /** With the ordinal of a narrowing that was begun anew. */
  readonly base: SweepId;
  /** Each sweep has its results in a folder of its own below it. */
  readonly folder: string;
  readonly display: Display;
}

export class NarrowLab {
  private filesAreThere = false;
  private overBefore: ReadonlySet<string> | undefined;

  constructor(private readonly options: NarrowLabOptions) {}

  /**
   * Hosts that may take blocks now; at least 1. An embedded lab is one host, attached or not yet.
   */
  async hostCount(): Promise<number> {
    const { lab } = this.options;
    if (lab.isEmbedded) return 1;
    const { hosts } = await lab.client.hosts();
    const ready = hosts.filter(
      ({ attached, isDrained, quarantine }) => attached && !isDrained && quarantine.length === 0,
    );
    return Math.max(1, ready.length);
  }

  /** Whether the sweep of this suffix had ended before this narrowing was begun or gone on with. */
  async wasOver(suffix: string): Promise<boolean> {
    const { lab, base } = this.options;
    if (this.overBefore === undefined) {
      const sweeps = await lab.client.list();
      const over = sweeps.filter(({ state }) => state !== 'running' && state !== 'paused');
      this.overBefore = new Set(over.map(({ sweep }) => sweep));
    }
    return this.overBefore.has(`${base}-${suffix}`);
  }

  /**
   * Submits the sweep of this suffix unless it is there, follows it to its end, and keeps its
   * results. A sweep that is there keeps the kernels that it has. It also ends when no host can go
   * on with it for now; its record is `interrupted` then, as on an abort. One that is in vain
   * already, by `isVain`, is cancelled.
   */
  async run(
    suffix: string,
    variant: SpecVariant,
    isVain: (record: SweepRecord) => boolean = () => false,
  ): Promise<SweepRecord> {
    const { lab, base, folder } = this.options;
    const sweep = `${base}-${suffix}` as SweepId;
    const place = join(folder, suffix);
    await this.submit(sweep, variant);
    const { client, signal } = lab;
    const display = this.watching(sweep, isVain);
    const seen = { client, sweep, folder: place, display, signal, endWhenStuck: true };
    const { record, log, broken } = await followSweep(seen);
    if (log !== undefined) await writeResults(place, log);
    const failure = lab.failure();
    if (failure !== undefined) throw new LabsweepError(failure);
    if (broken instanceof UnreachableError) {
      throw new UnreachableError(
        `${broken.message}; what is measured is kept: run the same command again to go on`,
      );
    }
    if (broken !== undefined) throw broken;
    if (record !== undefined) return record;
    signal.throwIfAborted();
    throw new LabsweepError(`the lab ended without a word about ${sweep}; run it again`);
  }

  /** The display, which also sees when the sweep has become vain, and cancels it once. */
  private watching(sweep: SweepId, isVain: (record: SweepRecord) => boolean): Display {
    const { display, lab } = this.options;
    const { client, signal } = lab;
    const onProgress = (line: string) => display.line(line);
    let isCancelled = false;
    const look = (record: SweepRecord | undefined) => {
      if (isCancelled || record === undefined || !isVain(record)) return;
      isCancelled = true;
      askSweep({ client, sweep, ask: { kind: 'cancel' }, onProgress, signal }).catch(
        (error: unknown) => display.line(`${sweep} is not cancelled: ${messageOf(error)}`),
      );
    };
    return {
      ...display,
      outcome: (entry, record) => {
        display.outcome(entry, record);
        look(record);
      },
      progress: (progress, record) => {
        display.progress(progress, record);
        if (progress.summary.state === 'running') look(record);
      },
    };
  }

  private async submit(sweep: SweepId, variant: SpecVariant): Promise<void> {
    const { lab, task, display } = this.options;
    const { specPath, specText, spec, files } = task.inputs;
    if (!this.filesAreThere) {
      for (const bytes of files.values()) await lab.client.putArtifact(bytes);
      this.filesAreThere = true;
    }
    await lab.client.submit({
      sweep,
      // Files are named relative to it; the text is not that of the user's spec.
      specPath: join(dirname(specPath), `${sweep}.toml`),
      specText: specVariant(specText, task.place, variant),
      files: hashesOf(files),
      seed: spec.seed,
      by: userInfo().username,
      onProgress: (line) => display.line(line),
      signal: lab.signal,
    });
  }
}
