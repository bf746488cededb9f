// SPDX-License-Identifier: Apache-2.0
/**
 * The open blocks of one sweep, by row. Built once from the fold, then told of each block that
 * changes; it decides nothing.
 */
import type { HostId, PlannedRow, RowId, SweepId } from '@labsweep/proto';
import type { BlockState, SweepState } from '../fold/lab-state.js';
import { graceMsOf } from './grace.js';
import { retryDelayMs } from './retry-delay.js';
import { type BlockMark, RowQueue } from './row-queue.js';
import { blockAt, blockCountOf, isDecided, labFailedOf, ownersOf } from './sweep-facts.js';

/** A block by its place. */
export interface QueuedBlock {
  readonly queue: RowQueue;
  readonly index: number;
}

export class SweepQueue {
  readonly id: SweepId;
  readonly rows: RowQueue[] = [];
  /** How much host time the sweep was given, for the fair share. */
  usedMs = 0;
  private readonly byRow = new Map<RowId, RowQueue>();
  /** What each host has begun and could go on with, if nobody has it. */
  private readonly begun = new Map<HostId, Map<string, QueuedBlock>>();

  constructor(
    readonly sweep: SweepState,
    nowMs: number,
  ) {
    this.id = sweep.submitted.sweep;
    this.extend(nowMs);
  }

  /** Takes in rows and blocks that a command has added. */
  extend(nowMs: number): void {
    for (const row of this.sweep.rows.values()) {
      const count = blockCountOf(this.sweep, row);
      const queue = this.byRow.get(row.id) ?? this.addRow(row);
      queue.row = row;
      const first = queue.blockCount;
      queue.grow(count);
      for (let index = first; index < count; index += 1) this.refresh({ queue, index }, nowMs);
      if (first === 0) queue.pinnedTo = this.newestTaker(queue);
    }
  }

  /** Looks at all blocks again, as a command may have reopened any. */
  rebuild(nowMs: number): void {
    this.extend(nowMs);
    for (const queue of this.rows) {
      for (let index = 0; index < queue.blockCount; index += 1) {
        if (!queue.isLeased(index)) this.refresh({ queue, index }, nowMs);
      }
    }
  }

  row(id: RowId): RowQueue | undefined {
    return this.byRow.get(id);
  }

  openCount(): number {
    return this.rows.reduce((sum, queue) => sum + queue.openCount, 0);
  }

  begunBy(host: HostId): IterableIterator<QueuedBlock> {
    return (this.begun.get(host) ?? new Map<string, QueuedBlock>()).values();
  }

  lease(block: QueuedBlock, host: HostId): void {
    this.setMark(block, 'leased');
    block.queue.pinnedTo = host;
  }

  /** A host goes on with what it had: the row is not with it when later blocks went elsewhere. */
  resume(block: QueuedBlock, host: HostId): void {
    const { queue, index } = block;
    const { pinnedTo } = queue;
    this.lease(block, host);
    if (pinnedTo !== undefined && index < queue.begunCount - 1) queue.pinnedTo = pinnedTo;
  }

  /** Asks the fold what has become of a block that nobody has, or nobody any longer. */
  refresh(at: QueuedBlock, nowMs: number): void {
    this.setMark(at, this.markOf(at, nowMs));
  }

  private markOf(at: QueuedBlock, nowMs: number): BlockMark {
    const block = blockAt(this.sweep, at.queue.row, at.index);
    if (block === undefined) return 'decided';
    // What is leased says where the row is now: a late outcome of another host does not move it.
    at.queue.pinnedTo ??= takerOf(block);
    if (isDecided(block)) return 'decided';
    return block.attempts.length === 0 ? 'untouched' : this.reopen(at, block, nowMs);
  }

  /** Of the last block of the row that anybody took: a host that was away has lost the row. */
  private newestTaker(queue: RowQueue): HostId | undefined {
    for (let index = queue.begunCount - 1; index >= 0; index -= 1) {
      const block = blockAt(this.sweep, queue.row, index);
      const taker = block && takerOf(block);
      if (taker !== undefined) return taker;
    }
    return undefined;
  }

  private reopen(at: QueuedBlock, block: BlockState, nowMs: number): BlockMark {
    const failed = labFailedOf(block);
    const hasJustFailed = failed.length > 0 && failed.at(-1) === block.attempts.at(-1);
    // Counted by this controller from when it heard of the failure: a host's clock may be wrong.
    const restsUntilMs = hasJustFailed ? nowMs + retryDelayMs(failed.length) : 0;
    return {
      index: at.index,
      notBeforeMs: at.queue.reopenedAt(at.index)?.notBeforeMs ?? restsUntilMs,
      owners: ownersOf(block).map(({ host, environment }) => ({
        host,
        graceMs: graceMsOf(this.sweep.spec.scheduling, environment),
      })),
      failedOn: failed.map(({ host }) => host),
    };
  }

  private setMark(at: QueuedBlock, mark: BlockMark): void {
    const { queue, index } = at;
    const key = `${queue.place}/${index}`;
    for (const { host } of queue.reopenedAt(index)?.owners ?? []) this.begun.get(host)?.delete(key);
    queue.mark(index, mark);
    if (typeof mark === 'string') return;
    for (const { host } of mark.owners) {
      const ofHost = this.begun.get(host) ?? new Map<string, QueuedBlock>();
      this.begun.set(host, ofHost.set(key, at));
    }
  }

  private addRow(row: PlannedRow): RowQueue {
    const queue = new RowQueue(row, this.rows.length, 0);
    this.rows.push(queue);
    this.byRow.set(row.id, queue);
    return queue;
  }
}

/** The host whose attempt was accepted, else the last that began one. */
function takerOf(block: BlockState): HostId | undefined {
  return block.decision?.host ?? block.attempts.at(-1)?.host;
}
