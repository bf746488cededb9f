// SPDX-License-Identifier: Apache-2.0
/**
 * What this process knows of the lock. The store may lose its newest values, and a clock may go
 * back; what is known here does not. It lives as long as the process, longer than a sitting.
 */
import type { ReignEntry } from '@labsweep/proto';

export class LockMemory {
  private highestTerm = 0;
  private newestRevision = 0;
  private wentBackAtMonotonicMs = Number.NEGATIVE_INFINITY;

  /** The highest term that this process has had or heard of; 0 before the first one. */
  get term(): number {
    return this.highestTerm;
  }

  heardOf(term: number): void {
    this.highestTerm = Math.max(this.highestTerm, term);
  }

  /** Told of all that is read, and of each lock that is taken. */
  saw(entry: ReignEntry | undefined, monotonicMs: number): void {
    this.heardOf(entry?.record.term ?? 0);
    const revision = entry?.revision ?? 0;
    if (revision < this.newestRevision) this.wentBackAtMonotonicMs = monotonicMs;
    this.newestRevision = revision;
  }

  /**
   * How long ago the store was seen to have lost what it had. The holder of what is lost may still
   * believe in its reign, whatever the store says now.
   */
  sinceLossMs(monotonicMs: number): number {
    return monotonicMs - this.wentBackAtMonotonicMs;
  }
}
