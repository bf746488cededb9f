// SPDX-License-Identifier: Apache-2.0
/**
 * Exactly one attempt of a block counts, the one that the log proves, as every controller sees it
 * after every entry that it folds; and a decision stands until a command takes it back.
 */
import type { BlockDecision, LogEntry, SweepId } from '@labsweep/proto';
import { readEntryLines } from '@labsweep/proto';
import type { Lab } from '../lab/lab.js';
import { decisionOf, isCancelled } from '../lab/loop-view.js';
import type { SimController } from '../lab/sim-controller.js';
import type { StoredMessage } from '../machine/broker-model.js';
import { type Checker, ViolationError } from './checker.js';
import { type ReadSweep, SecondReading } from './second-reading.js';

const PROMISE = 'one accepted attempt per block';

/** What the log says after one of its entries. */
interface Standing {
  readonly sequence: number;
  readonly isCancelled: ReadonlyMap<SweepId, boolean>;
  /** By sweep and block; those without a decision are left out. */
  readonly decisions: ReadonlyMap<string, BlockDecision>;
}

export class OneAcceptedAttempt implements Checker {
  private reading = new SecondReading();
  /** By sequence, from 1; kept for controllers that are behind. */
  private standings: Standing[] = [];
  private readonly entries = new WeakMap<StoredMessage, readonly LogEntry[]>();
  private readonly changed = new Set<SimController>();

  folded(controller: SimController): void {
    this.changed.add(controller);
  }

  /** What is read of the log after it has lost its end is read anew. */
  logShrank(): void {
    this.reading = new SecondReading();
    this.standings = [];
  }

  afterStep(lab: Lab): void {
    if (this.changed.size === 0) return;
    for (const controller of this.changed) {
      // One that has not noticed yet that entries were lost is about to forget what it knows.
      if (!controller.process.alive || controller.isStale) continue;
      const standing = this.standingAt(lab, controller.foldedTo);
      if (standing !== undefined) compare(controller, standing, this.reading.sweeps);
    }
    this.changed.clear();
  }

  /** Undefined while the log that was folded cannot be read, as its stream is deleted. */
  private standingAt(lab: Lab, sequence: number): Standing | undefined {
    const { broker } = lab.network;
    while (this.standings.length < sequence) {
      const next = this.standings.length + 1;
      const message = broker.messages[next - 1];
      if (message?.sequence !== next) return undefined;
      const entries = this.entries.get(message) ?? readEntryLines(message.text).entries;
      this.entries.set(message, entries);
      for (const entry of entries) this.reading.take(entry);
      this.standings.push(standingOf(this.reading, next));
    }
    return this.standings[sequence - 1];
  }
}

function standingOf({ sweeps }: SecondReading, sequence: number): Standing {
  const decisions = new Map<string, BlockDecision>();
  const cancelled = new Map<SweepId, boolean>();
  for (const [sweep, { blocks, ...read }] of sweeps) {
    cancelled.set(sweep, read.isCancelled);
    for (const { id, decision } of blocks.values()) {
      if (decision !== undefined) decisions.set(`${sweep}/${id}`, decision);
    }
  }
  return { sequence, isCancelled: cancelled, decisions };
}

function compare(
  { loop, process }: SimController,
  standing: Standing,
  sweeps: ReadonlyMap<SweepId, ReadSweep>,
): void {
  if (loop === undefined) return;
  for (const [sweep, { blocks }] of sweeps) {
    if (!standing.isCancelled.has(sweep)) continue;
    for (const block of blocks.keys()) {
      const said = decisionOf(loop, sweep, block);
      const proven = standing.decisions.get(`${sweep}/${block}`);
      if (isSame(said, proven)) continue;
      const detail = `${process.name} says of ${block}: ${text(said)}`;
      throw new ViolationError(
        PROMISE,
        `${detail}; after entry ${standing.sequence} the log says: ${text(proven)}`,
      );
    }
    if (isCancelled(loop, sweep) === standing.isCancelled.get(sweep)) continue;
    throw new ViolationError('cancelling is final', `${process.name} differs from the log`);
  }
}

function isSame(one: BlockDecision | undefined, other: BlockDecision | undefined): boolean {
  return (
    one?.attempt === other?.attempt &&
    one?.host === other?.host &&
    one?.complete === other?.complete
  );
}

function text(decision: BlockDecision | undefined): string {
  if (decision === undefined) return 'no attempt counts yet';
  const { attempt, host, complete } = decision;
  return `attempt ${attempt} of ${host} counts${complete ? '' : ', incomplete'}`;
}
