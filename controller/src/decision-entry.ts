// SPDX-License-Identifier: Apache-2.0
/**
 * Words those decisions of the scheduler that must outlive this controller as entries of the log.
 */
import type { LogEntry } from '@labsweep/proto';
import type { ScheduleDecision } from './schedule/schedule-view.js';

/** In place of the name of a user. */
export const OWN_NAME = 'labsweep';

/**
 * What a user is called in the log: whoever has the name of labsweep itself is told apart from it,
 * because after a loss of the log what labsweep decided by itself yields to what users asked.
 */
export function userName(by: string): string {
  return by === OWN_NAME ? `${by} (user)` : by;
}

/** Decided by labsweep itself, and in the log in the same way as what users ask for. */
export function decisionEntry(
  decision: Extract<ScheduleDecision, { kind: 'quarantine' | 'stop-row' }>,
  atMs: number,
): LogEntry {
  const by = OWN_NAME;
  if (decision.kind === 'quarantine') {
    const { id, command } = decision.proposal;
    return { type: 'host-commanded', id, atMs, by, command };
  }
  const { sweep, ...command } = decision;
  const id = `${command.kind}-${command.row}-${command.repetitions}`;
  return { type: 'commanded', sweep, id, atMs, by, command };
}
