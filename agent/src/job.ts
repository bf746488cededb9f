// SPDX-License-Identifier: Apache-2.0
/** A lease that a worker holds, and how far it has got with it. */
import type { Lease, TrialId } from '@labsweep/proto';
import type { BlockWatch, Stage } from './block-watch.js';
import type { StageName } from './runner/stage-limits.js';
import type { TrialOrders } from './trial-order.js';

export interface Job {
  readonly lease: Lease;
  readonly abort: AbortController;
  /** Undefined until it is begun: a lease of an earlier process waits for a controller's word. */
  done: Promise<void> | undefined;
  /** All of its outcomes are spooled. */
  isMeasured: boolean;
  trial: TrialId | undefined;
  /** When the lease was granted; 0 for one that is to be renewed at once. */
  readonly renewedAtMs: number;
}

/** What a block that was begun has besides. */
export interface Run extends Job {
  readonly watch: BlockWatch;
  readonly orders: TrialOrders;
  /** Those that it has had; each is the same for all trials. */
  readonly stages: Map<StageName, Stage>;
}
