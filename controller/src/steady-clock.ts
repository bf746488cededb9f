// SPDX-License-Identifier: Apache-2.0
/**
 * A time for intervals, made of a clock that may be set: it never goes back, and never jumps.
 * Leases must neither all run out nor never run out when someone sets the clock of the machine.
 */
import type { Clock } from '@labsweep/proto';

/**
 * The loop looks at the time every second. What is more than this was a jump of the clock, or a
 * time in which this process was stopped and could have heard no renewal.
 */
export const STEP_MAX_MS = 5_000;

export class SteadyClock implements Clock {
  private lastMs: number;
  private steadyMs: number;

  constructor(private readonly clock: Clock) {
    this.lastMs = clock.nowMs();
    this.steadyMs = this.lastMs;
  }

  nowMs(): number {
    const nowMs = this.clock.nowMs();
    this.steadyMs += Math.min(STEP_MAX_MS, Math.max(0, nowMs - this.lastMs));
    this.lastMs = nowMs;
    return this.steadyMs;
  }
}
