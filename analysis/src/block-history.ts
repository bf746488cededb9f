// SPDX-License-Identifier: Apache-2.0
/**
 * Sorts the entries of a sweep by block, and says of each block which attempt counts. This is the
 * one place that decides what may enter statistics; it computes none.
 */
import type { BlockId, PlannedBlock, Purpose, TrialEnded } from '@labsweep/proto';
import type { BlockDecision, SweepRecord } from './sweep-record.js';

/**
 * `accepted`: decided. `provisional`: the sweep runs, and the newest attempt counts until the
 * decision. `open`: not decided, and nothing of it counts.
 */
export type BlockStanding = 'accepted' | 'provisional' | 'open';

export interface BlockHistory {
  readonly planned: PlannedBlock;
  /** Of the block's row; statistics look at `timing` and at nothing else. */
  readonly purpose: Purpose;
  readonly standing: BlockStanding;
  /** All attempts, by attempt and then in log order, each trial of an attempt once. */
  readonly entries: readonly TrialEnded[];
  /** The entries of the one attempt that counts; they all come from one host. */
  readonly counted: readonly TrialEnded[];
  readonly decision?: BlockDecision;
}

/** One history for each planned block, in the order of the plan. */
export function blockHistories(record: SweepRecord): BlockHistory[] {
  const byBlock = entriesByBlock(record.entries);
  const purposes = new Map(record.plan.rows.map(({ id, purpose }) => [id, purpose]));
  return record.plan.blocks.map((planned) => {
    const purpose = purposes.get(planned.row) ?? 'timing';
    const entries = (byBlock.get(planned.id) ?? []).toSorted((a, b) => a.attempt - b.attempt);
    const decision = record.decisions.get(planned.id);
    if (decision !== undefined) {
      return {
        planned,
        purpose,
        entries,
        decision,
        standing: 'accepted',
        counted: ofAttempt(entries, decision),
      };
    }
    const newest = entries.at(-1);
    if (newest === undefined || record.state !== 'running') {
      return { planned, purpose, entries, standing: 'open', counted: [] };
    }
    const counted = ofAttempt(entries, newest);
    return { planned, purpose, entries, standing: 'provisional', counted };
  });
}

/**
 * The blocks whose values are statistics. A trial of another purpose ran under a tracer or with
 * probes in its kernel, so its times are worth nothing.
 */
export function timingHistories(record: SweepRecord): BlockHistory[] {
  return blockHistories(record).filter(({ purpose }) => purpose === 'timing');
}

/** A log may hold an entry twice, since publishing is retried; the first one stands. */
function entriesByBlock(entries: readonly TrialEnded[]): Map<BlockId, TrialEnded[]> {
  const seen = new Set<string>();
  const byBlock = new Map<BlockId, TrialEnded[]>();
  for (const entry of entries) {
    const identity = JSON.stringify([entry.trial, entry.attempt, entry.host]);
    if (seen.has(identity)) continue;
    seen.add(identity);
    const ofBlock = byBlock.get(entry.block);
    if (ofBlock === undefined) byBlock.set(entry.block, [entry]);
    else ofBlock.push(entry);
  }
  return byBlock;
}

function ofAttempt(
  entries: readonly TrialEnded[],
  wanted: Pick<TrialEnded, 'attempt' | 'host'>,
): TrialEnded[] {
  return entries.filter((entry) => entry.attempt === wanted.attempt && entry.host === wanted.host);
}
