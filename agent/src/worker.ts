// SPDX-License-Identifier: Apache-2.0
/**
 * Runs one block at a time: each trial of the lease in its order, each outcome into the spool. It
 * does not talk to the network itself; what it needs of the outside is handed in.
 */
import {
  type AgentMessage,
  type Clock,
  type ControllerMessage,
  type Environment,
  type HeldLease,
  type HostDescription,
  LabsweepError,
  type Lease,
  type LeasedTrial,
  messageOf,
  type Note,
  outcomeId,
  type Sha256,
  type TrialId,
} from '@labsweep/proto';
import { evidenceIn } from './outcome-evidence.js';
import type { Publisher } from './publisher.js';
import type { Runner, RunResult } from './runner/runner.js';
import type { OutcomeSpool } from './spool.js';

export interface WorkerParts {
  readonly host: HostDescription;
  /** Names this agent process, as the newest hello said. */
  session(): string;
  readonly clock: Clock;
  readonly spool: OutcomeSpool;
  readonly publisher: Publisher;
  readonly note: Note;
  runnerFor(environment: Environment): Runner | undefined;
  /** A local file with these bytes. */
  fetch(sha256: Sha256): Promise<string>;
  send(message: AgentMessage): void;
  /**
   * Looks again at what this host can run. True when it is not what the controller was told; then
   * the next hello tells it.
   */
  supportsChanged(): Promise<boolean>;
  /** Says hello again. */
  reattach(): void;
  /** Fires when the agent is to stop. */
  readonly signal: AbortSignal;
}

interface Job {
  readonly lease: Lease;
  readonly abort: AbortController;
  trial?: TrialId;
  done: Promise<void>;
}

class SupportsChangedError extends LabsweepError {}

export class Worker {
  private job: Job | undefined;

  constructor(private readonly parts: WorkerParts) {}

  /** Takes what the controller says about work; other messages are not its business. */
  handle(message: ControllerMessage): void {
    if (message.kind === 'lease') this.accept(message.lease);
    if (message.kind === 'revoked' && this.job?.lease.lease === message.lease) {
      this.parts.note(`gives up ${this.job.lease.block}: ${message.reason}`);
      this.job.abort.abort(new LabsweepError(message.reason));
    }
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

  private accept(lease: Lease): void {
    if (this.job !== undefined || this.parts.signal.aborted) {
      const reason = this.job === undefined ? 'the agent stops' : 'the agent is busy';
      this.parts.send({ kind: 'block-ended', lease: lease.lease, end: 'returned', reason });
      return;
    }
    const job: Job = { lease, abort: new AbortController(), done: Promise.resolve() };
    this.job = job;
    job.done = this.runBlock(job);
  }

  private async runBlock(job: Job): Promise<void> {
    const { lease, abort } = job;
    const stop = AbortSignal.any([abort.signal, this.parts.signal]);
    try {
      for (const trial of lease.trials) await this.runOnce(job, trial, stop);
      await this.allSettled(lease, stop);
      this.end(job, 'finished', '');
    } catch (error) {
      if (error instanceof SupportsChangedError) {
        this.parts.note(`gives ${lease.block} back: ${error.message}`);
        // The hello that follows says that the lease is not held, and what can run here after all.
        this.job = undefined;
        this.parts.reattach();
        return;
      }
      if (!stop.aborted) this.parts.note(`block ${lease.block} failed: ${messageOf(error)}`);
      this.end(job, 'returned', messageOf(error));
    }
  }

  private end(job: Job, end: 'finished' | 'returned', reason: string): void {
    this.job = undefined;
    this.parts.send({ kind: 'block-ended', lease: job.lease.lease, end, reason });
  }

  /** An outcome that an earlier agent process left in the spool is not measured again. */
  private async runOnce(job: Job, trial: LeasedTrial, stop: AbortSignal): Promise<void> {
    if (this.parts.spool.has(this.idOf(job.lease, trial))) return;
    stop.throwIfAborted();
    job.trial = trial.trial;
    this.parts.send({ kind: 'trial-started', lease: job.lease.lease, trial: trial.trial });
    const startedAtMs = this.parts.clock.nowMs();
    const result = await this.run(job.lease, trial, stop);
    await this.assertStillSupported(result);
    const durationMs = this.parts.clock.nowMs() - startedAtMs;
    delete job.trial;
    const { evidence, artifacts } = evidenceIn(result);
    const entry = {
      ...this.header(job.lease, trial),
      environment: result.environment,
      purpose: job.lease.purpose,
      startedAtMs,
      durationMs,
      outcome: result.outcome,
      evidence,
    };
    await this.parts.spool.add(entry, artifacts);
    this.parts.publisher.wake();
  }

  /** A host that turns out not to have what it offered gives the block back, and has no outcome. */
  private async assertStillSupported({ outcome }: RunResult): Promise<void> {
    if (outcome.failure?.class !== 'accelerator-mismatch') return;
    if (await this.parts.supportsChanged()) throw new SupportsChangedError(outcome.failure.message);
  }

  /** Fetches what the trial needs and hands it to the runner of its environment. */
  private async run(lease: Lease, trial: LeasedTrial, stop: AbortSignal): Promise<RunResult> {
    const { environment, purpose, shape, commandLine, deadlineMs, hygiene, workload } = lease;
    const { guest, native, functions } = lease;
    const runner = this.parts.runnerFor(environment);
    if (runner === undefined) throw new LabsweepError(`no runner for ${environment} here`);
    try {
      const binaryPath = await this.parts.fetch(workload.sha256);
      const files = [];
      for (const { name, sha256 } of workload.files) {
        files.push({ name, path: await this.parts.fetch(sha256) });
      }
      const image = trial.image && {
        path: await this.parts.fetch(trial.image.sha256),
        release: trial.image.release,
      };
      const order = {
        trial: trial.trial,
        kernel: trial.kernel,
        ...(image === undefined ? {} : { kernelImage: image }),
        environment,
        purpose,
        shape,
        commandLine,
        deadlineMs,
        hygiene,
        guest,
        native,
        functions,
        workload: { ...workload, binaryPath, files },
      };
      return await runner.run(order, stop);
    } catch (error) {
      // A missing artifact is our failure and is told as one; anything else is a defect of ours.
      if (stop.aborted || !(error instanceof LabsweepError)) throw error;
      const failure = { class: 'artifact-missing' as const, message: error.message };
      const outcome = { status: 'lab-failed' as const, failure, samples: [], facts: {} };
      return { outcome: { ...outcome, consoleTail: '' }, environment };
    }
  }

  private header(lease: Lease, trial: LeasedTrial) {
    return {
      type: 'trial-ended' as const,
      sweep: lease.sweep,
      block: lease.block,
      trial: trial.trial,
      kernel: trial.kernel,
      attempt: lease.attempt,
      epoch: lease.epoch,
      host: this.parts.host.id,
      hostName: this.parts.host.name,
      session: this.parts.session(),
    };
  }

  private idOf(lease: Lease, trial: LeasedTrial): string {
    return outcomeId(this.header(lease, trial));
  }

  /**
   * The block is over only when the controller has folded it: else it would be leased out again.
   */
  private async allSettled(lease: Lease, stop: AbortSignal): Promise<void> {
    const stopped = new Promise<never>((_, reject) => {
      if (stop.aborted) reject(stop.reason);
      stop.addEventListener('abort', () => reject(stop.reason), { once: true });
    });
    stopped.catch(() => {});
    const ids = lease.trials.map((trial) => this.idOf(lease, trial));
    const settled = Promise.all(ids.map((id) => this.parts.publisher.settled(id)));
    await Promise.race([settled, stopped]);
  }
}
