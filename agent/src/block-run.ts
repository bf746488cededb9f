// SPDX-License-Identifier: Apache-2.0
/**
 * How one block is run: each trial of its lease in its order, each outcome into the spool, until
 * the controller has folded all of them. The lease is renewed from where this waits. It decides
 * nothing about leases: what ends a block early is thrown.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { LabsweepError, type LeasedTrial, outcomeId } from '@labsweep/proto';
import { BlockWatch, type Stage } from './block-watch.js';
import { isUnready } from './host-unready-error.js';
import type { Job } from './job.js';
import { outcomeEntry } from './outcome-entry.js';
import { rejectedOn } from './rejected-on.js';
import type { RunResult, TrialOrder } from './runner/runner.js';
import { limitOf, type StageName } from './runner/stage-limits.js';
import { spoolEntryOf } from './spool-entry.js';
import { isExcused } from './stage-excuse.js';
import { SupportsChangedError } from './supports-changed-error.js';
import { TrialOrders } from './trial-order.js';
import type { WorkerParts } from './worker-parts.js';

/** Of the lease's duration: several renewals may be lost before a lease is. */
const RENEWALS_PER_LEASE = 5;

export class BlockRun {
  private readonly watch: BlockWatch;
  private readonly orders: TrialOrders;
  /** Those that it has had; each is the same for all trials. */
  private readonly stages = new Map<StageName, Stage>();

  /** `onTrouble` hears what hangs, and '' when it hangs no longer. */
  constructor(
    private readonly job: Job,
    private readonly parts: WorkerParts,
    private readonly onTrouble: (trouble: string) => void,
  ) {
    this.watch = this.newWatch();
    this.orders = new TrialOrders(job.lease);
  }

  /** Settles when every outcome is spooled. */
  async measured(): Promise<void> {
    for (const trial of this.job.lease.trials) await this.runOnce(trial);
    this.parts.publisher.hurry();
  }

  /** The block is over only when the controller has folded it: else it would be leased again. */
  async folded(): Promise<void> {
    const stopped = rejectedOn(this.job.abort.signal);
    await this.stage('fold', Promise.race([this.eachFolded(), stopped]));
  }

  /** Keeps the block for so long, or until it is to stop. */
  async rest(durationMs: number): Promise<void> {
    const { signal } = this.job.abort;
    const rest = delay(durationMs, undefined, { signal }).catch(() => {});
    await this.stage('rest', rest);
  }

  /** The lease is no longer renewed. */
  close(): void {
    this.watch.close();
  }

  /** What is in the spool, or reached the controller meanwhile, is not measured again. */
  private async runOnce(trial: LeasedTrial): Promise<void> {
    const { job } = this;
    const { spool, publisher, clock } = this.parts;
    const { lease } = job;
    const stop = job.abort.signal;
    const id = this.idOf(trial);
    if (publisher.isKnown(id)) return;
    stop.throwIfAborted();
    if (spool.room !== undefined) await this.stage('room', spool.room(stop));
    job.trial = trial.trial;
    this.watch.announceSoon();
    const startedAtMs = clock.nowMs();
    // The wall clock may jump while the trial runs.
    const startedMonotonicMs = performance.now();
    const result = await this.run(trial);
    await this.assertStillSupported(result);
    const durationMs = Math.round(performance.now() - startedMonotonicMs);
    job.trial = undefined;
    const session = this.parts.session();
    const where = { lease, trial, host: this.parts.host, session, startedAtMs, durationMs };
    const { outcome, artifacts } = outcomeEntry(where, result);
    const entry = spoolEntryOf(outcome, id);
    // Only the agent's own end gives an outcome up: a lost lease leaves it as evidence.
    await this.stage('spool', spool.add(entry, artifacts, this.parts.signal));
    publisher.add(entry);
  }

  /** A host that turns out not to have what it offered gives the block back, and has no outcome. */
  private async assertStillSupported({ outcome }: RunResult): Promise<void> {
    if (outcome.failure?.class !== 'accelerator-mismatch') return;
    if (await this.parts.supportsChanged()) throw new SupportsChangedError(outcome.failure.message);
  }

  /** Fetches what the trial needs and hands it to the runner of its environment. */
  private async run(trial: LeasedTrial): Promise<RunResult> {
    const { environment } = this.job.lease;
    const runner = this.parts.runnerFor(environment);
    if (runner === undefined) throw new LabsweepError(`no runner for ${environment} here`);
    const known = this.orders.of(trial, (sha256) => this.parts.knownPath?.(sha256));
    const order = known ?? (await this.fetchOrder(trial));
    if (!(order instanceof LabsweepError)) {
      return this.stage('trial', runner.run(order, this.job.abort.signal));
    }
    const failure = { class: 'artifact-missing' as const, message: order.message };
    const outcome = { status: 'lab-failed' as const, failure, samples: [], facts: {} };
    return { outcome: { ...outcome, consoleTail: '' }, environment };
  }

  /** What this host cannot get is our failure and is told as one; else the block is given back. */
  private async fetchOrder(trial: LeasedTrial): Promise<TrialOrder | LabsweepError> {
    const stop = this.job.abort.signal;
    try {
      const files = this.orders.fetched(trial, (sha256) => this.parts.fetch(sha256, stop));
      return await this.stage('fetch', files);
    } catch (error) {
      if (stop.aborted || isUnready(error) || !(error instanceof LabsweepError)) throw error;
      return error;
    }
  }

  /** Waits for a stage of the block, whose lease is renewed meanwhile. */
  private stage<Value>(name: StageName, work: Promise<Value>): Promise<Value> {
    return this.watch.during(this.stages.get(name) ?? this.newStage(name), work);
  }

  private newStage(name: StageName): Stage {
    const { job } = this;
    const stage = {
      name: () => (job.trial === undefined ? `the stage '${name}'` : `'${name}' of ${job.trial}`),
      limitMs: limitOf(name, job.lease),
      isExcused: () => isExcused(name, this.parts),
    };
    this.stages.set(name, stage);
    return stage;
  }

  private newWatch(): BlockWatch {
    const { job } = this;
    const { lease, epoch, durationMs } = job.lease;
    const { send, note } = this.parts;
    const intervalMs = Math.max(1, durationMs / RENEWALS_PER_LEASE);
    return new BlockWatch(intervalMs, job.renewedAtMs, {
      renew: () => {
        const { trial } = job;
        send({ kind: 'renew', lease, epoch, ...(trial === undefined ? {} : { trial }) });
      },
      overdue: (trouble) => {
        note(`${trouble}; its lease is no longer renewed`);
        this.onTrouble(trouble);
      },
      over: () => this.onTrouble(''),
      announce: () => {
        if (job.trial !== undefined) send({ kind: 'trial-started', lease, trial: job.trial });
      },
    });
  }

  private idOf({ trial }: LeasedTrial): string {
    const { sweep, attempt } = this.job.lease;
    return outcomeId({ sweep, trial, attempt, host: this.parts.host.id });
  }

  /** One behind the other: mostly all of them are told at once. */
  private async eachFolded(): Promise<void> {
    for (const trial of this.job.lease.trials) {
      await this.parts.publisher.whenFolded(this.idOf(trial));
    }
  }
}
