// SPDX-License-Identifier: Apache-2.0
/** Who asked what of a sweep, and what was decided about hosts and kernels since it is there. */
import { type LostCommand, messageIdOf, type SweepHistory } from '@labsweep/proto';
import type { CommandRecord } from '../fold/command-record.js';
import type { SweepState } from '../fold/lab-state.js';

/** The submission, then the rest by its time. */
export function historyOf(
  sweep: SweepState,
  commands: CommandRecord,
  lostCommands: readonly LostCommand[] = [],
): SweepHistory {
  const { submitted } = sweep;
  const ofSweep = commands.ofSweep(submitted.sweep);
  const about = commands.ofHosts().filter(({ atMs }) => atMs >= submitted.atMs);
  const rest = [...ofSweep, ...about].sort((one, other) => one.atMs - other.atMs);
  const idle = ofSweep.filter((entry) => commands.isSkipped(messageIdOf(entry)));
  const withoutEffect = new Set(idle.map(({ id }) => id));
  return { entries: [submitted, ...rest], withoutEffect, lostCommands };
}
