// SPDX-License-Identifier: Apache-2.0
/** Lists every failed trial of every attempt. It neither groups nor forgives them. */
import type { FailureClass, KernelName, TrialEnded, TrialId } from '@labsweep/proto';
import { type BlockHistory, blockHistories } from './block-history.js';
import type { SweepRecord } from './sweep-record.js';

export interface FailedTrial {
  readonly trial: TrialId;
  readonly kernel: KernelName;
  readonly attempt: number;
  readonly hostName: string;
  /** `subject-failed` is a finding about the kernel or the reproducer; `lab-failed` is ours. */
  readonly status: 'subject-failed' | 'lab-failed';
  readonly class: FailureClass | 'unclassified';
  /** First line only; the rest is in the raw results. */
  readonly message: string;
  /** What became of the attempt that it belongs to. */
  readonly standing: 'accepted' | 'replaced' | 'undecided';
}

/** In the order of the plan's blocks, then by attempt. */
export function failedTrials(record: SweepRecord): FailedTrial[] {
  return blockHistories(record).flatMap((block) =>
    block.entries.flatMap((entry) => {
      const { status, failure } = entry.outcome;
      if (status === 'measured') return [];
      return [
        {
          trial: entry.trial,
          kernel: entry.kernel,
          attempt: entry.attempt,
          hostName: entry.hostName,
          status,
          class: failure?.class ?? 'unclassified',
          message: failure?.message.split(/\r?\n/, 1)[0] ?? 'the outcome names no failure',
          standing: standingOf(block, entry),
        },
      ];
    }),
  );
}

function standingOf(block: BlockHistory, entry: TrialEnded): FailedTrial['standing'] {
  if (block.standing !== 'accepted') return 'undecided';
  return block.counted.includes(entry) ? 'accepted' : 'replaced';
}
