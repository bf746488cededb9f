// SPDX-License-Identifier: Apache-2.0
/**
 * Exactly one attempt of a block counts, the one that the log proves, as every controller sees it
 * after every entry that it folds; and a decision stands until a command takes it back.
 */
import type { BlockDecision, SweepId } from '@labsweep/proto';
import type { Lab } from '../lab/lab.js';
import { decisionOf, isCancelled } from '../lab/loop-view.js';
import type { SimController } from '../lab/sim-controller.js';
import { type Checker, ViolationError } from './checker.js';
import type { LogStandings, Standing } from './log-standings.js';
import type { ReadSweep } from './second-reading.js';

const PROMISE = 'one accepted attempt per block';

export class OneAcceptedAttempt implements Checker {
  private readonly changed = new Set<SimController>();

  constructor(private readonly standings: LogStandings) {}

  folded(controller: SimController): void {
    this.changed.add(controller);
  }

  afterStep(lab: Lab): void {
    if (this.changed.size === 0) return;
    for (const controller of this.changed) {
      const standing = this.standings.of(controller, lab);
      if (standing !== undefined) compare(controller, standing, this.standings.sweeps);
    }
    this.changed.clear();
  }
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
