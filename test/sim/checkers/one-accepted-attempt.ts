// SPDX-License-Identifier: Apache-2.0
/**
 * Exactly one attempt of a block counts, all controllers name the same one, and the log proves it.
 * The proof is a second, simple reading of the log, which shares no code with the fold.
 */
import type { BlockDecision, BlockId, LogEntry, TrialEnded } from '@labsweep/proto';
import type { Lab } from '../lab/lab.js';
import { decisionOf } from '../lab/loop-view.js';
import type { SimController } from '../lab/sim-controller.js';
import { type Checker, ViolationError } from './checker.js';

interface Accepted {
  readonly decision: BlockDecision;
  /** Of the entry that decided it. */
  readonly sequence: number;
}

export class OneAcceptedAttempt implements Checker {
  private readonly accepted = new Map<BlockId, Accepted>();
  /** The log as it stands, by sequence: what each controller must have folded. */
  private readonly outcomes = new Map<number, TrialEnded>();

  constructor(private readonly trialsPerBlock: number) {}

  folded(controller: SimController, sequence: number, entry: LogEntry): void {
    // One that has not noticed yet that entries were lost is about to forget what it knows.
    if (entry.type !== 'trial-ended' || controller.isStale) return;
    if (controller.loop === undefined) return;
    this.outcomes.set(sequence, entry);
    const decision = decisionOf(controller.loop, entry.block);
    const known = this.accepted.get(entry.block);
    if (decision === undefined) {
      if (known !== undefined && known.sequence <= sequence && controller.foldedTo >= sequence) {
        this.complain(
          controller,
          entry.block,
          `undecided, although entry ${known.sequence} decided`,
        );
      }
      return;
    }
    if (known === undefined) {
      this.prove(controller, decision);
      this.accepted.set(entry.block, { decision, sequence: controller.foldedTo });
      return;
    }
    const same = sameDecision(known.decision, decision);
    if (!same)
      this.complain(controller, entry.block, `${text(decision)}, not ${text(known.decision)}`);
  }

  /** A broker that lost entries may have lost those that decided a block. */
  logShrank(_lab: Lab, lastSequence: number): void {
    for (const sequence of this.outcomes.keys()) {
      if (sequence > lastSequence) this.outcomes.delete(sequence);
    }
    for (const [block, { sequence }] of this.accepted) {
      if (sequence > lastSequence) this.accepted.delete(block);
    }
  }

  private prove(controller: SimController, decision: BlockDecision): void {
    const trials = new Map<string, string>();
    // Outcomes that came before their submission are folded after it, whatever their sequence.
    for (const entry of this.outcomes.values()) {
      const { block, attempt, host, trial, outcome } = entry;
      const isOf = block === decision.block && attempt === decision.attempt;
      if (!isOf || host !== decision.host || trials.has(trial)) continue;
      trials.set(trial, outcome.status);
    }
    const statuses = [...trials.values()];
    const isWhole = statuses.length === this.trialsPerBlock;
    const isClean = statuses.every((status) => status === 'measured');
    if (isWhole && isClean === decision.complete) return;
    const found = `the log has ${statuses.join(', ') || 'nothing'} of it`;
    this.complain(controller, decision.block, `${text(decision)}, but ${found}`);
  }

  private complain(controller: SimController, block: BlockId, what: string): never {
    const detail = `${controller.process.name} says of ${block}: ${what}`;
    throw new ViolationError('one accepted attempt per block', detail);
  }
}

function sameDecision(a: BlockDecision, b: BlockDecision): boolean {
  return a.attempt === b.attempt && a.host === b.host && a.complete === b.complete;
}

function text({ attempt, host, complete }: BlockDecision): string {
  return `attempt ${attempt} of ${host} counts${complete ? '' : ', incomplete'}`;
}
