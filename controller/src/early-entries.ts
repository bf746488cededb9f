// SPDX-License-Identifier: Apache-2.0
/**
 * Entries that stand in the log before what they belong to: agents may publish outcomes again to a
 * log that lost its end before the controller has appended the submission again. They wait for it,
 * so that the fold sees cause before effect.
 */
import type { FoldEntry, SweepId } from '@labsweep/proto';

/** What is beyond belongs to a sweep that nobody will submit again. */
const HELD_MAX = 100_000;

export class EarlyEntries {
  private readonly held = new Map<SweepId, FoldEntry[]>();
  private count = 0;

  /** `hasPlace`: the fold knows the sweep of the entry, and the block of an outcome. */
  constructor(private readonly hasPlace: (entry: FoldEntry) => boolean) {}

  /** The entries that can be folded now that this one is there, in the order of the log. */
  take(entry: FoldEntry, fold: (entry: FoldEntry) => void): void {
    if (!('sweep' in entry)) {
      fold(entry);
      return;
    }
    const opens = entry.type === 'submitted' || entry.type === 'commanded';
    if (entry.type !== 'submitted' && !this.hasPlace(entry) && this.count < HELD_MAX) {
      this.hold(entry, entry.sweep);
      return;
    }
    fold(entry);
    if (opens) this.retry(entry.sweep, fold);
  }

  private hold(entry: FoldEntry, sweep: SweepId): void {
    const entries = this.held.get(sweep) ?? [];
    entries.push(entry);
    this.held.set(sweep, entries);
    this.count += 1;
  }

  private retry(sweep: SweepId, fold: (entry: FoldEntry) => void): void {
    const entries = this.held.get(sweep) ?? [];
    this.held.delete(sweep);
    this.count -= entries.length;
    // A command that waited may open the place of others that waited with it.
    for (const entry of entries) this.take(entry, fold);
  }
}
