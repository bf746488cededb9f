// SPDX-License-Identifier: Apache-2.0
/** Reads the CPU times of /proc/stat, in ticks of 10 ms. Pure over the view. */
import type { HostView } from './host-view.js';

export interface CpuTicks {
  /** User, nice, system, interrupts; the time of guests is in user already. */
  readonly busy: number;
  readonly steal: number;
}

/** Sums over the given CPUs, or over all. Undefined where /proc/stat has none of them. */
export function readCpuTicks(
  view: HostView,
  cpus: readonly number[] | 'all',
): CpuTicks | undefined {
  const wanted = cpus === 'all' ? new Set(['cpu']) : new Set(cpus.map((cpu) => `cpu${cpu}`));
  let sum: CpuTicks | undefined;
  for (const line of (view.text('proc/stat') ?? '').split('\n')) {
    // The lines of CPUs come first; what follows may be long.
    if (!line.startsWith('cpu')) break;
    const [name = '', ...fields] = line.split(/\s+/);
    if (!wanted.has(name)) continue;
    const at = (index: number) => Number(fields[index] ?? 0);
    sum = {
      busy: (sum?.busy ?? 0) + at(0) + at(1) + at(2) + at(5) + at(6),
      steal: (sum?.steal ?? 0) + at(7),
    };
  }
  return sum;
}
