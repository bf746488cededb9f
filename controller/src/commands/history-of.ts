// SPDX-License-Identifier: Apache-2.0
/** Who asked what of a sweep, and what was decided about hosts and kernels since it is there. */
import type { LogEntry } from '@labsweep/proto';
import type { CommandRecord } from '../fold/command-record.js';
import type { SweepState } from '../fold/lab-state.js';

/** The submission, then the rest by its time. */
export function historyOf(sweep: SweepState, commands: CommandRecord): readonly LogEntry[] {
  const { submitted } = sweep;
  const about = commands.ofHosts().filter(({ atMs }) => atMs >= submitted.atMs);
  const rest = [...commands.ofSweep(submitted.sweep), ...about];
  return [submitted, ...rest.sort((one, other) => one.atMs - other.atMs)];
}
