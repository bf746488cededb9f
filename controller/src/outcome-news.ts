// SPDX-License-Identifier: Apache-2.0
/**
 * What agents are told of their outcomes, gathered by host: a message costs the lab as much as all
 * else that it does for a trial, and nobody waits for most of them. What ends a block is told at
 * once, because its agent waits for it; the rest goes out together, at most so often.
 */
import type { ControllerMessage, HostId } from '@labsweep/proto';
import { SettleQueue } from './settle-queue.js';

/**
 * Of one host, between two messages about outcomes that nobody waits for. A host whose trials take
 * longer is told at once.
 */
export const NEWS_INTERVAL_MS = 2_000;

interface HostNews {
  /**
   * What was folded and not told, since when. It stays here when it is settled and that is not told
   * yet: the end of a block must not wait for it.
   */
  readonly folded: Set<string>;
  foldedSinceMs: number;
  settled: string[];
  /** When the host was last told what is settled. */
  settledToldAtMs: number;
}

export class OutcomeNews {
  private readonly unsynced = new SettleQueue();
  private readonly byHost = new Map<HostId, HostNews>();
  /** Hosts with anything that was not told. */
  private readonly waiting = new Set<HostId>();

  constructor(private readonly send: (host: HostId, message: ControllerMessage) => void) {}

  /**
   * An outcome of this host was folded at `sequence`; `isAwaited` if the agent waits for it. Only a
   * controller that reigns says what is settled.
   */
  folded(
    host: HostId,
    outcome: { readonly messageId: string; readonly sequence: number; readonly isAwaited: boolean },
    now: { readonly ms: number; readonly isReigning: boolean },
  ): void {
    const { messageId, sequence, isAwaited } = outcome;
    const news = this.newsOf(host);
    if (news.folded.size === 0) news.foldedSinceMs = now.ms;
    news.folded.add(messageId);
    this.waiting.add(host);
    this.unsynced.add(sequence, host, [messageId]);
    if (!isAwaited) return;
    // What is settled goes along, which spares a message of its own.
    if (now.isReigning) this.tellAll(host, news, now.ms);
    else this.tellFolded(host, news);
  }

  /** The host asks for outcomes that are in the fold, which ends at `sequence`. */
  answer(host: HostId, messageIds: readonly string[], sequence: number): void {
    this.send(host, { kind: 'folded', messageIds, settledIds: [] });
    this.unsynced.add(sequence, host, messageIds);
  }

  /** All entries up to `sequence` are on the broker's disk. */
  synced(sequence: number): void {
    this.unsynced.raise(sequence);
  }

  /** Tells what is due. Only a controller that reigns may call it: it says what is settled. */
  tell(nowMs: number): void {
    for (const [host, messageIds] of this.unsynced.take()) this.settled(host, messageIds);
    for (const host of this.waiting) {
      const news = this.newsOf(host);
      if (!isDue(news, nowMs)) continue;
      if (news.settled.length > 0) this.tellSettled(host, news, nowMs);
      else this.tellFolded(host, news);
    }
  }

  /** Another session of the host says in its hello what it was not told. */
  forget(host: HostId): void {
    this.byHost.delete(host);
    this.waiting.delete(host);
  }

  private settled(host: HostId, messageIds: readonly string[]): void {
    const news = this.newsOf(host);
    this.waiting.add(host);
    news.settled.push(...messageIds);
  }

  private tellFolded(host: HostId, news: HostNews): void {
    this.send(host, { kind: 'folded', messageIds: [...news.folded], settledIds: [] });
    news.folded.clear();
    if (news.settled.length === 0) this.waiting.delete(host);
  }

  private tellAll(host: HostId, news: HostNews, nowMs: number): void {
    const { settled } = news;
    // What is settled is folded: it is told once.
    for (const id of settled) news.folded.delete(id);
    this.send(host, { kind: 'folded', messageIds: [...news.folded], settledIds: settled });
    news.folded.clear();
    if (settled.length > 0) news.settledToldAtMs = nowMs;
    news.settled = [];
    this.waiting.delete(host);
  }

  private tellSettled(host: HostId, news: HostNews, nowMs: number): void {
    this.send(host, { kind: 'settled', messageIds: news.settled });
    // What is settled is folded: it is told once. The rest came just now, and nobody waits for it.
    for (const id of news.settled) news.folded.delete(id);
    news.settled = [];
    news.settledToldAtMs = nowMs;
    news.foldedSinceMs = nowMs;
    if (news.folded.size === 0) this.waiting.delete(host);
  }

  private newsOf(host: HostId): HostNews {
    const known = this.byHost.get(host);
    if (known !== undefined) return known;
    const settledToldAtMs = Number.NEGATIVE_INFINITY;
    const fresh: HostNews = { folded: new Set(), foldedSinceMs: 0, settled: [], settledToldAtMs };
    this.byHost.set(host, fresh);
    return fresh;
  }
}

/** What is only folded will soon be settled, where the store can be synced: it is left time. */
function isDue({ settled, foldedSinceMs, settledToldAtMs }: HostNews, nowMs: number): boolean {
  const sinceMs = settled.length > 0 ? settledToldAtMs : foldedSinceMs;
  return nowMs - sinceMs >= NEWS_INTERVAL_MS;
}
