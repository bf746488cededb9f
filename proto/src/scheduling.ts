// SPDX-License-Identifier: Apache-2.0
/** What the table [schedule] of a spec says, and what holds when it says nothing. */

/** How a sweep stands among others, and where its blocks may run. */
export interface Scheduling {
  /** From -100 to 100; blocks of a higher one go first, those of equal ones share evenly. */
  readonly priority: number;
  /**
   * `spread`: each block on any host that fits; `pin-row`: all blocks of a row on the host that
   * took the first of them.
   */
  readonly placement: 'spread' | 'pin-row';
  /** Labels that a host must have, all of them. */
  readonly labels: readonly string[];
  /** CPU model, as the host tells it, must contain this; empty asks for nothing. */
  readonly hostClass: string;
  /** How often a block with a failed subject is run anew. */
  readonly rerun: number;
  /** How many failures of the lab a row may have before its blocks are given up. */
  readonly labFailuresMax: number;
  /** A host that stays away longer than this loses its block; undefined is by environment. */
  readonly graceMs?: number;
}

export const DEFAULT_SCHEDULING: Scheduling = {
  priority: 0,
  placement: 'spread',
  labels: [],
  hostClass: '',
  rerun: 1,
  labFailuresMax: 20,
};
