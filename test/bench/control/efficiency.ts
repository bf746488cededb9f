// SPDX-License-Identifier: Apache-2.0
/** How well a few agents with trials of seconds are kept at work. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Figure } from './figure.js';
import { type LoadOptions, withSwarm } from './load.js';
import { specText } from './million.js';

const EFFICIENCY_AGENTS = 64;
const EFFICIENCY_TRIAL_MS = 2_000;
const EFFICIENCY_MIN_PERCENT = 97;
/** Trials of each agent, and how many of them make a block. */
const TRIALS_PER_AGENT = 30;
const TRIALS_PER_BLOCK = 5;
const POLL_INTERVAL_MS = 20;

/** From the submission to the fold's last outcome, against trials that nothing stands between. */
export async function measureEfficiency(options: LoadOptions): Promise<Figure[]> {
  const blocks = (EFFICIENCY_AGENTS * TRIALS_PER_AGENT) / TRIALS_PER_BLOCK;
  return withSwarm(options, EFFICIENCY_AGENTS, async ({ client, submit }) => {
    const spec = specText({
      name: 'efficiency',
      repetitions: blocks,
      shapes: 1,
      kernels: TRIALS_PER_BLOCK,
      extra: ['--duration-ms', String(EFFICIENCY_TRIAL_MS)],
    });
    const startMs = performance.now();
    await submit('efficiency-1', spec);
    const submitMs = performance.now() - startMs;
    for (;;) {
      const summary = (await client.list()).find(({ sweep }) => sweep === 'efficiency-1');
      if (summary?.state === 'finished') break;
      await delay(POLL_INTERVAL_MS);
    }
    const wallMs = performance.now() - startMs - submitMs;
    const perfectMs = TRIALS_PER_AGENT * EFFICIENCY_TRIAL_MS;
    return [
      {
        name: `parallel efficiency, ${EFFICIENCY_AGENTS} agents, trials of 2 s`,
        measured: (100 * perfectMs) / wallMs,
        unit: '%',
        asked: { atLeast: EFFICIENCY_MIN_PERCENT },
        note: `${(wallMs / 1_000).toFixed(2)} s for ${perfectMs / 1_000} s of trials each`,
      },
    ];
  });
}
