// SPDX-License-Identifier: Apache-2.0
/**
 * For which rows a host has given a block back because it is not as they demand, with its reasons.
 * Such a row rests on this host, longer each time; other rows may have it meanwhile.
 */
import type { PlannedRow } from '@labsweep/proto';
import { retryDelayMs } from './retry-delay.js';

/** After so many blocks given back in a row, what the host has begun is no longer left to it. */
export const UNREADY_MAX = 3;

interface UnreadyRow {
  /** By the agent's word. */
  readonly reason: string;
  /** Blocks given back since the host last ran the row. */
  readonly count: number;
  readonly restUntilMs: number;
}

export class UnreadyRows {
  private readonly rows = new WeakMap<PlannedRow, UnreadyRow>();

  gaveBack(row: PlannedRow, reason: string, nowMs: number): void {
    const count = (this.rows.get(row)?.count ?? 0) + 1;
    this.rows.set(row, { reason, count, restUntilMs: nowMs + retryDelayMs(count) });
  }

  /** A trial of the row has run on the host after all. */
  ran(row: PlannedRow): void {
    this.rows.delete(row);
  }

  /** Also while the host looks again whether it is ready by now. */
  reason(row: PlannedRow): string | undefined {
    return this.rows.get(row)?.reason;
  }

  rests(row: PlannedRow, nowMs: number): boolean {
    return nowMs < (this.rows.get(row)?.restUntilMs ?? 0);
  }

  mayGoOn(row: PlannedRow): boolean {
    return (this.rows.get(row)?.count ?? 0) < UNREADY_MAX;
  }
}
