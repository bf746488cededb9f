// SPDX-License-Identifier: Apache-2.0
/**
 * Deliberate defects, each one line of the built product that is replaced by another, of the kind
 * that a tired programmer writes. The simulation must find every one of them.
 */

export interface Mutant {
  readonly name: string;
  /** What of the product is wrong with it. */
  readonly area:
    | 'lease'
    | 'fold'
    | 'settle'
    | 'retry'
    | 'order'
    | 'reign'
    | 'precision'
    | 'placement';
  /** End of the path of the built file. */
  readonly file: string;
  /** Stands in that file exactly once. */
  readonly from: string;
  readonly to: string;
  /** Where the search begins, for one that takes a rare night; 1 when absent. */
  readonly firstSeed?: number;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'the fencing token does not rise',
    area: 'lease',
    file: 'controller/dist/dispatcher.js',
    from: 'this.leaseCount += 1;',
    to: '',
  },
  {
    name: 'a block that is leased stays open for others',
    area: 'lease',
    file: 'controller/dist/schedule/granting.js',
    from: 'sweep.lease({ queue, index }, host);',
    to: '',
  },
  {
    name: 'an attempt counts although one of its trials failed',
    area: 'fold',
    file: 'controller/dist/fold/decide-block.js',
    from: 'measuredCount(attempt) === block.planned.trials.length',
    to: 'measuredCount(attempt) > 0',
  },
  {
    name: 'a block that is run anew keeps its decision',
    area: 'fold',
    file: 'controller/dist/fold/apply-commanded.js',
    from: 'block.decision = undefined;',
    to: '',
  },
  {
    name: 'what is folded is settled before the disk has it',
    area: 'settle',
    file: 'controller/dist/settle-queue.js',
    from: 'sequence > this.horizon',
    to: 'false',
  },
  {
    name: 'a failure of the lab is final',
    area: 'retry',
    file: 'controller/dist/fold/decide-block.js',
    from: '(labFailures.get(block.planned.row) ?? 0) >= labFailuresMax',
    to: 'true',
  },
  {
    name: 'what the broker may have lost is not published again',
    area: 'retry',
    file: 'agent/dist/publisher.js',
    from: 'this.published.clear();',
    to: '',
  },
  {
    name: 'late repetitions come first',
    area: 'order',
    file: 'controller/dist/schedule/pick-block.js',
    from: 'return a.index < b.index;',
    to: 'return a.index > b.index;',
  },
  {
    name: 'the trials of a block run in another order',
    area: 'order',
    file: 'controller/dist/lease-order.js',
    from: '.filter((trial) => grant.trials.includes(trial.id))',
    to: '.filter((trial) => grant.trials.includes(trial.id)).toReversed()',
  },
  {
    name: 'a controller trusts its lock for ever',
    area: 'reign',
    file: 'controller/dist/reign/reign.js',
    from: 'monotonicMs < this.validUntilMonotonicMs && wallMs < this.validUntilWallMs',
    to: 'true',
  },
  {
    name: 'the lower priority goes first',
    area: 'order',
    file: 'controller/dist/schedule/sweep-shares.js',
    from: 'priorityOf(b) - priorityOf(a)',
    to: 'priorityOf(a) - priorityOf(b)',
  },
  {
    name: 'what a user has asked for since does not keep a row from stopping',
    area: 'precision',
    file: 'controller/dist/schedule/stopping-rows.js',
    from: "command.kind !== 'pause' && command.kind !== 'resume'",
    to: 'false',
    firstSeed: 300,
  },
  {
    name: 'a row stops as soon as it has any blocks',
    area: 'precision',
    file: 'controller/dist/schedule/stopping-rows.js',
    from: '!this.precisions.isPrecise(state, row)',
    to: 'false',
  },
  {
    name: 'a row goes on although it is precise',
    area: 'precision',
    file: 'controller/dist/schedule/stopping-rows.js',
    from: '!this.precisions.isPrecise(state, row)',
    to: 'true',
  },
  {
    name: 'who takes over does not know where a row is pinned',
    area: 'placement',
    file: 'controller/dist/schedule/sweep-queue.js',
    from: 'return block.decision?.host ?? block.attempts.at(-1)?.host;',
    to: 'return undefined;',
  },
  {
    name: 'a row is pinned to nobody',
    area: 'placement',
    file: 'controller/dist/schedule/sweep-queue.js',
    from: 'block.queue.pinnedTo = host;',
    to: '',
  },
];
