// SPDX-License-Identifier: Apache-2.0
/** Which attempt of a block in a table counts: the one it says, else the last one. */
import type { HostId } from '@labsweep/proto';
import type { BlockDecision } from '../sweep-record.js';
import type { MeasuredBlock } from './measured-rows.js';

/** Undefined when the table says that none does. `kernels` are those planned in the block. */
export function decisionOf(
  block: MeasuredBlock,
  kernels: readonly string[],
): BlockDecision | undefined {
  const isTold = block.trials.some(({ lines }) => lines[0]?.accepted !== undefined);
  const counts = isTold
    ? block.trials.filter(({ lines }) => lines[0]?.accepted === 'yes')
    : block.trials;
  const last = counts.toSorted((a, b) => a.attempt - b.attempt).at(-1);
  if (last === undefined) return undefined;
  const { attempt, host } = last;
  const measured = counts
    .filter((trial) => trial.attempt === attempt && trial.host === host)
    .filter(({ lines }) => (lines[0]?.status ?? 'measured') === 'measured')
    .map(({ kernel }) => kernel);
  const complete = kernels.every((kernel) => measured.includes(kernel));
  return { attempt, host: host as HostId, complete };
}
