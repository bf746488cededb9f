// SPDX-License-Identifier: Apache-2.0
/** Words what a sweep waits for, while it runs and when it ends for the time being. */
import type { WaitingRow } from '@labsweep/proto';

/** How the controller words a wait for another kernel; it needs no second verb. */
const WAITS = 'waits for ';
/** How it words a wait for what no boot will bring. */
const NEEDS_IMAGE = /^waits for an image /;
/** How it words a wait for what the lab's store has lost: the same command is all it takes. */
const IS_LOST = /is stored anew when it is submitted again/;
/** How it words that somebody has to decide, about a host or about a kernel on it. */
const SET_ASIDE = /(?:^|; )(\S+) is (drained|quarantined)\b(?: on (\S+?):)?/;

/** One line for all of them; empty when none waits. */
export function waitingText(waiting: readonly WaitingRow[]): string {
  return waiting
    .map(({ row, reason }) => `row ${row} ${reason.startsWith(WAITS) ? '' : 'waits: '}${reason}`)
    .join('; ');
}

/**
 * What a user is told at the end of a run of which the rest waits: what for, and how to go on.
 * `folder` is the sweep's, as commands for its lab take it.
 */
export function waitingLines(waiting: readonly WaitingRow[], folder: string): readonly string[] {
  if (waiting.length === 0) return [];
  const others = waiting.filter(({ reason }) => !NEEDS_IMAGE.test(reason));
  const needsBoot = others.some(({ reason }) => reason.startsWith(WAITS));
  const releases = new Set(waiting.flatMap(({ reason }) => releaseOf(reason) ?? []));
  const commands = [...releases].map((words) => `labsweep ${words} --sweep ${folder}`);
  const isLost = others.every(({ reason }) => IS_LOST.test(reason));
  const when = needsBoot
    ? ' after booting that kernel'
    : releases.size > 0
      ? ` after ${commands.join(' and ')}`
      : isLost
        ? ''
        : ' once a host can run that';
  return [
    ...waiting.map((row) => waitingText([row])),
    ...(others.length === waiting.length
      ? []
      : ['once there is an image, run the command with --fresh, which measures anew with it']),
    ...(others.length === 0
      ? ['what is measured is kept']
      : [`what is measured is kept; run the same command again${when} to go on`]),
  ];
}

/** The command that takes back what keeps the row from its host; undefined for other reasons. */
function releaseOf(reason: string): string | undefined {
  const [, subject, standing, host] = SET_ASIDE.exec(reason) ?? [];
  if (subject === undefined) return undefined;
  if (standing === 'drained') return `undrain ${subject}`;
  return host === undefined ? `release ${subject}` : `release ${host} --kernel ${subject}`;
}
