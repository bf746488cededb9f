// SPDX-License-Identifier: Apache-2.0
/** Says what on the host is not as a trial demands it, each with the command that mends it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostView } from './host-view.js';
import { RUNNABLE_LOOK_MS, RUNNABLE_LOOKS_MAX } from './hygiene-limits.js';
import { describeWanted, mendCommand } from './mend-command.js';
import { takeSnapshot } from './snapshot.js';
import { TOPICS } from './topics.js';

/** The topics of mode `require`. */
export function findUnmet(view: HostView): readonly string[] {
  const state = takeSnapshot(view);
  return TOPICS.flatMap((topic) => {
    const wanted = topic.desired?.(view) ?? [];
    const commands = mendCommand(wanted).split('\n').join('; ');
    const first = wanted[0];
    const more = wanted.length > 1 ? ` and ${wanted.length - 1} more` : '';
    return [
      ...(first === undefined ? [] : [`${describeWanted(first)}${more}; mend it by: ${commands}`]),
      ...(topic.demands?.(state) ?? []),
    ].map((line) => `${topic.name}: ${line}`);
  });
}

/** Another task that is there at every look is load; one look is enough where there is none. */
export async function findLoad(options: {
  look(): HostView;
  /** How many other tasks may want a CPU. */
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}): Promise<readonly string[]> {
  const { look, limit, signal } = options;
  let least = Number.POSITIVE_INFINITY;
  for (let count = 0; count < RUNNABLE_LOOKS_MAX; count++) {
    if (count > 0) await sleep(RUNNABLE_LOOK_MS);
    signal?.throwIfAborted();
    const running = /^procs_running (\d+)/m.exec(look().text('proc/stat') ?? '')?.[1];
    if (running === undefined) return [];
    // One of them is this agent, which is asking.
    least = Math.min(least, Number(running) - 1);
    if (least <= limit) return [];
  }
  return [
    `load: ${least} other tasks want a CPU at the start (limit ${limit}); find them by: ` +
      'top -b -n 1 -o %CPU | head -n 15',
  ];
}
