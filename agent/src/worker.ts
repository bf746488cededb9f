// SPDX-License-Identifier: Apache-2.0
/**
 * Runs one block at a time: each trial of the lease in its order, each outcome into the spool. It
 * renews the lease from where it waits, and does not talk to the network itself; what it needs of
 * the outside is handed in.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  type BlockEnd,
  type ControllerMessage,
  type HeldLease,
  LabsweepError,
  type Lease,
  type LeasedTrial,
  messageOf,
  outcomeId,
} from '@labsweep/proto';
import { BlockWatch, type Stage } from './block-watch.js';
import { HostUnreadyError } from './host-unready-error.js';
import type { Job, Run } from './job.js';
import { outcomeEntry } from './outcome-entry.js';
import { rejectedOn } from './rejected-on.js';
import type { RunResult, TrialOrder } from './runner/runner.js';
import { limitOf, type StageName } from './runner/stage-limits.js';
import { spoolEntryOf } from './spool-entry.js';
import { TrialOrders } from './trial-order.js';
import type { WorkerParts } from './worker-parts.js';

class SupportsChangedError extends LabsweepError {}

/** Of the lease's duration: several renewals may be lost before a lease is. */
const RENEWALS_PER_LEASE = 5;
/** What cannot be run by a defect of ours is kept so long, or it would come back at once. */
const DEFECT_REST_MS = 5_000;

export class Worker {
  /** What keeps it from working, for people; empty when nothing does. */
  trouble = '';
  private job: Job | undefined;
  /** Leased already, and begun when the job has heard that it is folded. */
  private next: Lease | undefined;

  constructor(private readonly parts: WorkerParts) {
    // One listener for all blocks: a signal for each would stay with the one that they follow.
    const stopJob = () => this.job?.abort.abort(parts.signal.reason);
    parts.signal.addEventListener('abort', stopJob, { once: true });
  }

  /** Takes what the controller says about work and outcomes; the rest is not its business. */
  handle(message: ControllerMessage): void {
    if (message.kind === 'lease') this.accept(message.lease);
    if (message.kind === 'folded') {
      this.parts.publisher.fold(message.messageIds);
      this.settle(message.settledIds);
    }
    if (message.kind === 'settled') this.settle(message.messageIds);
    if (message.kind !== 'revoked') return;
    if (this.next?.lease === message.lease) this.next = undefined;
    if (this.job?.lease.lease === message.lease) this.revoke(this.job, message.reason);
  }

  /** Holds the lease of an earlier process of this agent, until a controller has heard of it. */
  restore(lease: Lease, renewedAtMs = 0): void {
    const abort = new AbortController();
    const fresh = { done: undefined, isMeasured: false, trial: undefined };
    this.job = { lease, abort, renewedAtMs, ...fresh };
  }

  /** A controller has heard what is held, and will revoke what it does not want. */
  resume(): void {
    // The hello said nothing of it.
    this.next = undefined;
    if (this.job !== undefined && this.job.done === undefined) this.begin(this.job);
  }

  held(): HeldLease[] {
    if (this.job === undefined) return [];
    const { lease, epoch, sweep, block, attempt, environment } = this.job.lease;
    const { trial } = this.job;
    const held = { lease, epoch, sweep, block, attempt, environment };
    return [trial === undefined ? held : { ...held, trial }];
  }

  /** Settles when no trial runs any more; call after the signal has fired. */
  async idle(): Promise<void> {
    await this.job?.done;
  }

  private settle(messageIds: readonly string[]): void {
    const { publisher, note } = this.parts;
    publisher.settle(messageIds).catch((error) => note(messageOf(error)));
  }

  private accept(lease: Lease): void {
    // A controller that repeats itself: the lease is held already.
    if (this.job?.lease.lease === lease.lease || this.next?.lease === lease.lease) return;
    if (this.job?.isMeasured === true && this.next === undefined) {
      this.next = lease;
      return;
    }
    if (this.job !== undefined || this.parts.signal.aborted) {
      this.giveBack(lease);
      return;
    }
    this.restore(lease, performance.now());
    this.parts.keep?.(lease);
    this.resume();
  }

  private giveBack({ lease }: Lease): void {
    const busy = this.trouble === '' ? 'the agent is busy' : this.trouble;
    const reason = this.job === undefined ? 'the agent stops' : busy;
    const answer = () => {
      this.parts.send({ kind: 'block-ended', lease, end: 'returned', reason });
    };
    if (this.trouble === '') answer();
    else setTimeout(answer, DEFECT_REST_MS).unref();
  }

  private revoke(job: Job, reason: string): void {
    this.parts.note(`gives up ${job.lease.block}: ${reason}`);
    job.abort.abort(new LabsweepError(reason));
    if (job.done === undefined) this.drop();
  }

  private begin(job: Job): void {
    if (this.parts.signal.aborted) job.abort.abort(this.parts.signal.reason);
    job.done = this.runBlock(job);
  }

  private drop(): void {
    this.job = undefined;
    this.trouble = '';
    this.parts.keep?.(undefined);
  }

  private async runBlock(job: Job): Promise<void> {
    const { lease } = job;
    const orders = new TrialOrders(lease);
    const run = Object.assign(job, { watch: this.watch(job), orders, stages: new Map() });
    try {
      for (const trial of lease.trials) await this.runOnce(run, trial);
      this.parts.publisher.hurry();
      run.isMeasured = true;
      await this.stage(run, 'fold', this.allFolded(lease, job.abort.signal));
      this.end(job, 'finished', '');
    } catch (error) {
      await this.failed(run, error);
    } finally {
      run.watch.close();
    }
  }

  private async failed(job: Run, error: unknown): Promise<void> {
    const { lease, abort } = job;
    job.trial = undefined;
    if (error instanceof SupportsChangedError) {
      this.parts.note(`gives ${lease.block} back: ${error.message}`);
      // The hello that follows says that the lease is not held, and what can run here after all.
      this.drop();
      this.parts.reattach();
      return;
    }
    const isUnready = error instanceof HostUnreadyError;
    if (isUnready) this.parts.note(`gives ${lease.block} back: ${error.message}`);
    else if (!abort.signal.aborted) await this.rest(job, error);
    this.end(job, isUnready ? 'unready' : 'returned', messageOf(error));
  }

  private async rest(job: Run, error: unknown): Promise<void> {
    this.parts.note(`block ${job.lease.block} failed: ${messageOf(error)}`);
    const { signal } = job.abort;
    const rest = delay(DEFECT_REST_MS, undefined, { signal }).catch(() => {});
    await this.stage(job, 'rest', rest);
  }

  private end(job: Job, end: BlockEnd, reason: string): void {
    this.drop();
    this.parts.send({ kind: 'block-ended', lease: job.lease.lease, end, reason });
    const { next } = this;
    this.next = undefined;
    if (next !== undefined) this.accept(next);
  }

  /** What is in the spool, or reached the controller meanwhile, is not measured again. */
  private async runOnce(job: Run, trial: LeasedTrial): Promise<void> {
    const { spool, publisher, clock } = this.parts;
    const { lease } = job;
    const stop = job.abort.signal;
    const id = this.idOf(lease, trial);
    if (publisher.isKnown(id)) return;
    stop.throwIfAborted();
    if (spool.room !== undefined) await this.stage(job, 'room', spool.room(stop));
    job.trial = trial.trial;
    job.watch.announceSoon();
    const startedAtMs = clock.nowMs();
    // The wall clock may jump while the trial runs.
    const startedMonotonicMs = performance.now();
    const result = await this.run(job, trial);
    await this.assertStillSupported(result);
    const durationMs = Math.round(performance.now() - startedMonotonicMs);
    job.trial = undefined;
    const session = this.parts.session();
    const where = { lease, trial, host: this.parts.host, session, startedAtMs, durationMs };
    const { outcome, artifacts } = outcomeEntry(where, result);
    const entry = spoolEntryOf(outcome, id);
    // Only the agent's own end gives an outcome up: a lost lease leaves it as evidence.
    await this.stage(job, 'spool', spool.add(entry, artifacts, this.parts.signal));
    publisher.add(entry);
  }

  /** A host that turns out not to have what it offered gives the block back, and has no outcome. */
  private async assertStillSupported({ outcome }: RunResult): Promise<void> {
    if (outcome.failure?.class !== 'accelerator-mismatch') return;
    if (await this.parts.supportsChanged()) throw new SupportsChangedError(outcome.failure.message);
  }

  /** Fetches what the trial needs and hands it to the runner of its environment. */
  private async run(job: Run, trial: LeasedTrial): Promise<RunResult> {
    const { environment } = job.lease;
    const runner = this.parts.runnerFor(environment);
    if (runner === undefined) throw new LabsweepError(`no runner for ${environment} here`);
    const known = job.orders.of(trial, (sha256) => this.parts.knownPath?.(sha256));
    const order = known ?? (await this.fetchOrder(job, trial));
    if (!(order instanceof LabsweepError)) {
      return this.stage(job, 'trial', runner.run(order, job.abort.signal));
    }
    const failure = { class: 'artifact-missing' as const, message: order.message };
    const outcome = { status: 'lab-failed' as const, failure, samples: [], facts: {} };
    return { outcome: { ...outcome, consoleTail: '' }, environment };
  }

  /** A missing artifact is our failure and is told as one; anything else is a defect of ours. */
  private async fetchOrder(job: Run, trial: LeasedTrial): Promise<TrialOrder | LabsweepError> {
    const stop = job.abort.signal;
    try {
      const files = job.orders.fetched(trial, (sha256) => this.parts.fetch(sha256, stop));
      return await this.stage(job, 'fetch', files);
    } catch (error) {
      if (stop.aborted || !(error instanceof LabsweepError)) throw error;
      return error;
    }
  }

  /** Waits for a stage of the block, whose lease is renewed meanwhile. */
  private stage<Value>(job: Run, name: StageName, work: Promise<Value>): Promise<Value> {
    return job.watch.during(job.stages.get(name) ?? this.newStage(job, name), work);
  }

  private newStage(job: Run, name: StageName): Stage {
    const { spool } = this.parts;
    const stage = {
      name: () => (job.trial === undefined ? `the stage '${name}'` : `'${name}' of ${job.trial}`),
      limitMs: limitOf(name, job.lease),
      isExcused: () => name === 'spool' && (spool.trouble ?? '') !== '',
    };
    job.stages.set(name, stage);
    return stage;
  }

  private watch(job: Job): BlockWatch {
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
        this.trouble = trouble;
      },
      over: () => {
        this.trouble = '';
      },
      announce: () => {
        if (job.trial !== undefined) send({ kind: 'trial-started', lease, trial: job.trial });
      },
    });
  }

  private idOf(lease: Lease, trial: LeasedTrial): string {
    const { sweep, attempt } = lease;
    return outcomeId({ sweep, trial: trial.trial, attempt, host: this.parts.host.id });
  }

  /** The block is over only when the controller has folded it: else it would be leased again. */
  private async allFolded(lease: Lease, stop: AbortSignal): Promise<void> {
    await Promise.race([this.eachFolded(lease), rejectedOn(stop)]);
  }

  /** One behind the other: mostly all of them are told at once. */
  private async eachFolded(lease: Lease): Promise<void> {
    for (const trial of lease.trials) {
      await this.parts.publisher.whenFolded(this.idOf(lease, trial));
    }
  }
}
