// SPDX-License-Identifier: Apache-2.0
/**
 * How the trials of one attempt ended, two bits a trial: a controller keeps it of every trial that
 * ever ran, so it holds no outcome, no text and no object per trial. The log has the rest.
 */
import type { Outcome, PlannedBlock, TrialId } from '@labsweep/proto';

type Status = Outcome['status'];

/** 0 is for a trial that has no outcome yet. */
const STATUSES: readonly Status[] = ['measured', 'subject-failed', 'lab-failed'];
const BITS_PER_TRIAL = 2;
/** As many as fit into a small integer, which V8 keeps without an object. */
const TRIALS_PER_WORD = 15;
const MASK = 0b11;

export class AttemptOutcomes {
  private first = 0;
  /** Of the trials beyond the first 15; few blocks have any. */
  private more: number[] | undefined;
  /** Trials with an outcome. */
  size = 0;

  constructor(private readonly planned: PlannedBlock) {}

  has(trial: TrialId): boolean {
    return this.hasAt(placeInBlock(this.planned, trial));
  }

  /** By the place in the block, for whoever has looked for it already. */
  hasAt(place: number): boolean {
    return place !== -1 && this.markAt(place) !== 0;
  }

  /** False when the trial has an outcome already, or is none of the block. */
  add(trial: TrialId, status: Status): boolean {
    return this.addAt(placeInBlock(this.planned, trial), status);
  }

  addAt(place: number, status: Status): boolean {
    if (place === -1 || this.markAt(place) !== 0) return false;
    this.setMark(place, STATUSES.indexOf(status) + 1);
    this.size += 1;
    return true;
  }

  count(status: Status): number {
    const mark = STATUSES.indexOf(status) + 1;
    let count = 0;
    for (let place = 0; place < this.planned.trials.length; place += 1) {
      if (this.markAt(place) === mark) count += 1;
    }
    return count;
  }

  private markAt(place: number): number {
    const word = this.word(Math.floor(place / TRIALS_PER_WORD));
    return (word >> ((place % TRIALS_PER_WORD) * BITS_PER_TRIAL)) & MASK;
  }

  private setMark(place: number, mark: number): void {
    const index = Math.floor(place / TRIALS_PER_WORD);
    const bits = mark << ((place % TRIALS_PER_WORD) * BITS_PER_TRIAL);
    if (index === 0) {
      this.first |= bits;
      return;
    }
    this.more ??= [];
    while (this.more.length < index) this.more.push(0);
    this.more[index - 1] = this.word(index) | bits;
  }

  private word(index: number): number {
    return index === 0 ? this.first : (this.more?.[index - 1] ?? 0);
  }
}

/**
 * Where the trial stands in its block, from 0; -1 when it is none of the block. Ids are compared by
 * their parts: V8 joins the text of a planned id when it is first looked at, and would keep it.
 */
export function placeInBlock({ id, trials }: PlannedBlock, trial: TrialId): number {
  if (!trial.startsWith(id) || trial[id.length] !== '/') return -1;
  const name = trial.slice(id.length + 1);
  return trials.findIndex(({ kernel }) => kernel === name);
}
