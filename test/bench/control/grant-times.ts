// SPDX-License-Identifier: Apache-2.0
/**
 * How long an agent whose block is measured waits for the next lease: from the moment at which the
 * broker has the last outcome of the block, since the controller cannot know of it earlier, to the
 * moment at which the agent has the lease. The broker says the first, the agent the second, and
 * both are on one machine.
 */
import { connectBroker } from '@labsweep/proto';

/** A lease that came to an agent, and the block that this agent had before. */
export interface LeaseArrival {
  /** As `blockKey` names it. */
  readonly after: string;
  /** Unix time. */
  readonly atMs: number;
}

export const blockKey = (sweep: string, block: string) => `${sweep} ${block}`;

export async function lastSequenceOf(natsUrl: string): Promise<number> {
  const broker = await connectBroker({ url: natsUrl, name: 'benchmark', create: false });
  try {
    return await broker.log.lastSequence();
  } finally {
    await broker.close();
  }
}

/**
 * In milliseconds, one for each arrival whose block has its last outcome behind `afterSequence`.
 * Throws when a lease came before that outcome was stored: then this would measure nothing.
 */
export async function grantTimesMs(
  natsUrl: string,
  afterSequence: number,
  arrivals: readonly LeaseArrival[],
): Promise<number[]> {
  const storedAtMs = await lastStoredAtMs(natsUrl, afterSequence);
  return arrivals.flatMap(({ after, atMs }) => {
    const sinceMs = storedAtMs.get(after);
    if (sinceMs === undefined) return [];
    if (atMs < sinceMs) throw new Error(`a lease came before the last outcome of ${after}`);
    return [atMs - sinceMs];
  });
}

/** When the broker stored the last outcome of each block. */
async function lastStoredAtMs(
  natsUrl: string,
  afterSequence: number,
): Promise<ReadonlyMap<string, number>> {
  const stored = new Map<string, number>();
  const broker = await connectBroker({ url: natsUrl, name: 'benchmark', create: false });
  const done = new AbortController();
  try {
    const lastSequence = await broker.log.lastSequence();
    let reached = afterSequence;
    // Under load the server loses a consumer now and then, which ends the following.
    while (reached < lastSequence) {
      for await (const batch of broker.log.followBatches(done.signal, reached + 1)) {
        for (const { entries, storedAtMs } of batch) {
          for (const entry of entries) {
            if (entry.type !== 'trial-ended') continue;
            stored.set(blockKey(entry.sweep, entry.block), storedAtMs);
          }
        }
        reached = batch.at(-1)?.sequence ?? reached;
        if (reached >= lastSequence) break;
      }
    }
  } finally {
    done.abort();
    await broker.close();
  }
  return stored;
}
