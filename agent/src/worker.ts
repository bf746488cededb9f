// SPDX-License-Identifier: Apache-2.0
/**
 * Takes leases, has one block at a time run, and gives back what it cannot run. It does not talk to
 * the network itself; what it needs of the outside is handed in.
 */
import {
  type BlockEnd,
  type ControllerMessage,
  type HeldLease,
  LabsweepError,
  type Lease,
  messageOf,
} from '@labsweep/proto';
import { BlockRun } from './block-run.js';
import { isUnready } from './host-unready-error.js';
import type { Job } from './job.js';
import { SupportsChangedError } from './supports-changed-error.js';
import type { WorkerParts } from './worker-parts.js';

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
    const run = new BlockRun(job, this.parts, (trouble) => {
      this.trouble = trouble;
    });
    try {
      await run.measured();
      job.isMeasured = true;
      await run.folded();
      this.end(job, 'finished', '');
    } catch (error) {
      await this.failed(job, run, error);
    } finally {
      run.close();
    }
  }

  private async failed(job: Job, run: BlockRun, error: unknown): Promise<void> {
    const { lease, abort } = job;
    job.trial = undefined;
    if (error instanceof SupportsChangedError) {
      this.parts.note(`gives ${lease.block} back: ${error.message}`);
      // The hello that follows says that the lease is not held, and what can run here after all.
      this.drop();
      this.parts.reattach();
      return;
    }
    const waits = isUnready(error);
    if (waits) this.parts.note(`gives ${lease.block} back: ${error.message}`);
    else if (!abort.signal.aborted) {
      this.parts.note(`block ${lease.block} failed: ${messageOf(error)}`);
      await run.rest(DEFECT_REST_MS);
    }
    this.end(job, waits ? 'unready' : 'returned', messageOf(error));
  }

  private end(job: Job, end: BlockEnd, reason: string): void {
    this.drop();
    this.parts.send({ kind: 'block-ended', lease: job.lease.lease, end, reason });
    const { next } = this;
    this.next = undefined;
    if (next !== undefined) this.accept(next);
  }
}
