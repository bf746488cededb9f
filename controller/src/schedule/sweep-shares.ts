// SPDX-License-Identifier: Apache-2.0
/**
 * Says which sweep is asked first for a block: by priority, and among equal ones the one that was
 * given the least host time. It knows neither blocks nor hosts.
 *
 * Sweeps of one priority share as flows do in start-time fair queueing (Goyal, Vin and Cheng,
 * SIGCOMM 1996): each block adds its estimated time to what its sweep has used, and when it ends
 * the time that it really took in place of that. A sweep that comes or wakes starts where the
 * others are, so that it neither waits for nor overtakes the past.
 */
import type { SweepQueue } from './sweep-queue.js';

export class SweepShares {
  /** By priority: what the sweep of the last grant had used before it. */
  private readonly startedAtMs = new Map<number, number>();

  /** A new array, first the sweep that a host is to serve first. */
  inOrder(sweeps: Iterable<SweepQueue>): SweepQueue[] {
    return [...sweeps].sort(
      (a, b) =>
        priorityOf(b) - priorityOf(a) ||
        this.startOf(a) - this.startOf(b) ||
        a.sweep.submitted.atMs - b.sweep.submitted.atMs ||
        (a.id < b.id ? -1 : 1),
    );
  }

  granted(sweep: SweepQueue, blockMs: number): void {
    const start = this.startOf(sweep);
    this.startedAtMs.set(priorityOf(sweep), start);
    sweep.usedMs = start + blockMs;
  }

  /** A block has ended, or its lease was lost: what it was charged gives way to what it took. */
  ended(sweep: SweepQueue, block: { readonly chargedMs: number; readonly heldMs: number }): void {
    const before = sweep.usedMs;
    sweep.usedMs += block.heldMs - block.chargedMs;
    const priority = priorityOf(sweep);
    const startedAtMs = this.startedAtMs.get(priority) ?? 0;
    // One that was charged too much is behind the others, and must not lose that by starting anew.
    const isBehind = before >= startedAtMs && sweep.usedMs < startedAtMs;
    if (isBehind && sweep.openCount() > 0) this.startedAtMs.set(priority, sweep.usedMs);
  }

  private startOf(sweep: SweepQueue): number {
    return Math.max(sweep.usedMs, this.startedAtMs.get(priorityOf(sweep)) ?? 0);
  }
}

function priorityOf({ sweep }: SweepQueue): number {
  return sweep.spec.scheduling.priority;
}
