// SPDX-License-Identifier: Apache-2.0
/** What the lock of the reign needs of the outside; tests provide fakes. */
import type { ProcessIdentity, ReignEntry, ReignRecord } from '@labsweep/proto';

export interface ReignPorts {
  readonly store: {
    /** The last `read` has made it, in a new lab: it has not lost anything. */
    readonly isNew: boolean;
    read(): Promise<ReignEntry | undefined>;
    write(record: ReignRecord, previousRevision: number): Promise<number>;
  };
  now(): { readonly monotonicMs: number; readonly wallMs: number };
  /** Settles early when the signal fires; never throws. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
  /** True only when it is certain. */
  isDead(process: ProcessIdentity): boolean;
}
