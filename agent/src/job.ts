// SPDX-License-Identifier: Apache-2.0
/** A lease that a worker holds, and how far it has got with it. */
import type { Lease, TrialId } from '@labsweep/proto';

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
