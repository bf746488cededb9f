// SPDX-License-Identifier: Apache-2.0
/**
 * Answers by message id whether an outcome is in the fold. It takes the id apart and looks at the
 * attempt, so that no id has to be kept.
 */
import {
  type BlockId,
  type HeldLease,
  type HostId,
  outcomeId,
  type SweepId,
  type TrialId,
} from '@labsweep/proto';
import { blockOf } from './block-of.js';
import type { AttemptState, SweepState } from './lab-state.js';

/** As `outcomeId` makes them: sweep, block, kernel, attempt and host. A host may hold a slash. */
const OUTCOME_ID = /^([^/]+)\/((.+?)\/[^/]+)\/a(\d+)\/(.+)$/;

export class FoldedOutcomes {
  constructor(private readonly sweeps: ReadonlyMap<SweepId, SweepState>) {}

  has(messageId: string): boolean {
    const match = OUTCOME_ID.exec(messageId);
    if (match === null) return false;
    const [, sweepId, trial, , attempt, host] = match;
    const sweep = this.sweeps.get(sweepId as SweepId);
    const blockId = trial?.slice(0, trial.lastIndexOf('/'));
    const block = blockOf(sweep, blockId as BlockId);
    const isIt = (other: AttemptState) =>
      other.attempt === Number(attempt) &&
      other.host === host &&
      other.outcomes.has(trial as TrialId);
    return block !== undefined && (block.attempts.some(isIt) || block.earlier.some(isIt));
  }

  /**
   * Message ids of the outcomes that the fold has of an attempt: an agent that was killed does not
   * know which of them it had published and dropped from its spool.
   */
  ofAttempt(held: Pick<HeldLease, 'sweep' | 'block' | 'attempt'>, host: HostId): string[] {
    const { sweep, block, attempt } = held;
    const trials = blockOf(this.sweeps.get(sweep), block)?.planned.trials ?? [];
    return trials
      .map(({ id: trial }) => outcomeId({ sweep, trial, attempt, host }))
      .filter((id) => this.has(id));
  }
}
