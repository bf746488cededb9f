// SPDX-License-Identifier: Apache-2.0
/**
 * For which rows a host has given blocks back, with its reasons: because it is not as they demand
 * (`unready`), or because its agent cannot run them (`returned`), which is a defect of ours or of
 * the host. Such a row rests on this host, longer each time; other rows may have it meanwhile.
 */
import type { BlockEnd, PlannedRow } from '@labsweep/proto';
import { retryDelayMs } from './retry-delay.js';

/** After so many blocks given back in a row, what the host has begun is no longer left to it. */
export const UNREADY_MAX = 3;
/** The same for returned ones. An agent that stops returns a block, too: once is no news. */
export const RETURNED_MAX = 3;
/** A defect does not pass by itself as unreadiness does, and each try costs the host some time. */
export const RETURNED_ROW_REST_MAX_MS = 60 * 60_000;

interface RestingRow {
  /** By the agent's word. */
  readonly reason: string;
  /** Blocks given back since one went well. */
  readonly count: number;
  readonly restUntilMs: number;
}

export class UnreadyRows {
  private readonly unready = new WeakMap<PlannedRow, RestingRow>();
  private readonly returned = new WeakMap<PlannedRow, RestingRow>();

  /** The host has stopped working on a block of the row. */
  ended(row: PlannedRow, how: { end: BlockEnd; reason: string }, nowMs: number): void {
    const { end, reason } = how;
    // What ran of a block before the defect met it is no sign that the next one fares better.
    if (end === 'finished') this.returned.delete(row);
    if (end === 'unready') {
      const count = countOf(this.unready, row) + 1;
      this.unready.set(row, { reason, count, restUntilMs: nowMs + retryDelayMs(count) });
    }
    if (end !== 'returned') return;
    const count = countOf(this.returned, row) + 1;
    const told = Math.max(0, count - RETURNED_MAX + 1);
    const restUntilMs = nowMs + retryDelayMs(told, RETURNED_ROW_REST_MAX_MS);
    this.returned.set(row, { reason, count, restUntilMs });
  }

  /** A trial of the row has run on the host after all. */
  ran(row: PlannedRow): void {
    this.unready.delete(row);
  }

  /** Also while the host looks again whether it is ready by now. */
  reason(row: PlannedRow): string | undefined {
    const unready = this.unready.get(row);
    if (unready !== undefined) return unready.reason;
    const returned = this.returned.get(row);
    if (returned === undefined || returned.count < RETURNED_MAX) return undefined;
    // The same text each time: who watches is told of what changes.
    const help = 'mend that and restart the agent, or wait: it is tried again within an hour';
    return `its blocks keep coming back: ${returned.reason}; ${help}`;
  }

  rests(row: PlannedRow, nowMs: number): boolean {
    const { unready, returned } = this;
    const isResting = (rows: Rows) => nowMs < (rows.get(row)?.restUntilMs ?? 0);
    return isResting(unready) || isResting(returned);
  }

  mayGoOn(row: PlannedRow): boolean {
    const { unready, returned } = this;
    return countOf(unready, row) < UNREADY_MAX && countOf(returned, row) < RETURNED_MAX;
  }
}

type Rows = WeakMap<PlannedRow, RestingRow>;

function countOf(rows: Rows, row: PlannedRow): number {
  return rows.get(row)?.count ?? 0;
}
