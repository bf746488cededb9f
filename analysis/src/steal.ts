// SPDX-License-Identifier: Apache-2.0
/** How much of its CPUs' time a trial lost to other guests of its host. It sets no limit. */
import type { TrialEnded } from '@labsweep/proto';

/** /proc/stat counts in ticks of USER_HZ, which is 100 on every architecture that we know. */
const TICK_MS = 10;

/**
 * The stolen fraction of the time of all online CPUs between the first and the last facts of the
 * guest. Undefined when the guest does not tell.
 */
export function stealShare({ outcome }: TrialEnded): number | undefined {
  const read = (fact: string): number => Number(outcome.facts[fact] ?? Number.NaN);
  const ticks = read('steal_ticks_end') - read('steal_ticks_start');
  const spanMs = read('uptime_ms_at_end') - read('uptime_ms_at_start');
  const cpus = read('online_cpus');
  const share = (ticks * TICK_MS) / (spanMs * cpus);
  return Number.isFinite(share) ? share : undefined;
}
