// SPDX-License-Identifier: Apache-2.0
/** Words what a sweep waits for, while it runs and when it ends for the time being. */
import type { SweepId, WaitingRow } from '@labsweep/proto';

/** How the controller words a wait for another kernel; it needs no second verb. */
const WAITS = 'waits for ';
/** How it words a wait for what no boot will bring. */
const NEEDS_IMAGE = /^waits for an image /;
/** How it words that somebody has to decide. */
const SET_ASIDE = / is (drained|quarantined)\b/;

/** One line for all of them; empty when none waits. */
export function waitingText(waiting: readonly WaitingRow[]): string {
  return waiting
    .map(({ row, reason }) => `row ${row} ${reason.startsWith(WAITS) ? '' : 'waits: '}${reason}`)
    .join('; ');
}

/** What a user is told at the end of a run of which the rest waits: what for, and how to go on. */
export function waitingLines(waiting: readonly WaitingRow[], sweep: SweepId): readonly string[] {
  if (waiting.length === 0) return [];
  const others = waiting.filter(({ reason }) => !NEEDS_IMAGE.test(reason));
  const needsBoot = others.some(({ reason }) => reason.startsWith(WAITS));
  const isAside = waiting.some(({ reason }) => SET_ASIDE.test(reason));
  const when = needsBoot
    ? 'after booting that kernel'
    : isAside
      ? `after labsweep release (or undrain) HOST --sweep ${sweep}`
      : 'once a host can run that';
  return [
    ...waiting.map((row) => waitingText([row])),
    ...(others.length === waiting.length
      ? []
      : ['once there is an image, run the command with --fresh, which measures anew with it']),
    ...(others.length === 0
      ? ['what is measured is kept']
      : [`what is measured is kept; run the same command again ${when} to go on`]),
  ];
}
