// SPDX-License-Identifier: Apache-2.0
/**
 * The blocks of one row by what can become of them, kept up to date one block at a time, so that
 * the next one is found without looking at all. It knows no host and no clock.
 */
import type { HostId, PlannedRow } from '@labsweep/proto';

/** A block that was begun, or failed, and is nobody's now. */
export interface ReopenedBlock {
  readonly index: number;
  /** It rests until then after a failure of the lab. */
  readonly notBeforeMs: number;
  /** Those that have begun an attempt and may go on with it, with the grace that each has. */
  readonly owners: readonly { readonly host: HostId; readonly graceMs: number }[];
  /** Those whose lab failed it, which others are preferred to. */
  readonly failedOn: readonly HostId[];
}

/** Untouched blocks are not told apart from each other. */
export type BlockMark = 'leased' | 'decided' | 'untouched' | ReopenedBlock;

const UNTOUCHED = 0;
const LEASED = 1;
const DECIDED = 2;
const REOPENED = 3;

export class RowQueue {
  /** Where the row's blocks go under `pin-row`, once one of them went there. */
  pinnedTo: HostId | undefined;
  /** Nothing more of it is handed out: a command that drops its untouched blocks is on its way. */
  isStopping = false;
  private marks: Uint8Array;
  /** No untouched block stands before it. */
  private cursor = 0;
  private readonly reopenedByIndex = new Map<number, ReopenedBlock>();
  private readonly leasedIndexes = new Set<number>();
  private decided = 0;

  constructor(
    /** As it is by now: a command may have given it a kernel more. */
    public row: PlannedRow,
    /** In the order of the plan. */
    readonly place: number,
    blockCount: number,
  ) {
    this.marks = new Uint8Array(blockCount);
  }

  get blockCount(): number {
    return this.marks.length;
  }

  /** Neither leased nor decided. */
  get openCount(): number {
    return this.marks.length - this.decided - this.leasedIndexes.size;
  }

  get undecidedCount(): number {
    return this.marks.length - this.decided;
  }

  /** More blocks behind the others. */
  grow(blockCount: number): void {
    if (blockCount <= this.marks.length) return;
    const marks = new Uint8Array(blockCount);
    marks.set(this.marks);
    this.marks = marks;
  }

  mark(index: number, mark: BlockMark): void {
    if (this.marks[index] === DECIDED) this.decided -= 1;
    this.leasedIndexes.delete(index);
    this.reopenedByIndex.delete(index);
    if (mark === 'leased') {
      this.marks[index] = LEASED;
      this.leasedIndexes.add(index);
    } else if (mark === 'decided') {
      this.marks[index] = DECIDED;
      this.decided += 1;
    } else if (mark === 'untouched') {
      this.marks[index] = UNTOUCHED;
      this.cursor = Math.min(this.cursor, index);
    } else {
      this.marks[index] = REOPENED;
      this.reopenedByIndex.set(index, mark);
    }
  }

  firstUntouched(): number | undefined {
    this.cursor = this.nextUntouched(this.cursor) ?? this.marks.length;
    return this.cursor < this.marks.length ? this.cursor : undefined;
  }

  /** At `from` or behind it. */
  nextUntouched(from: number): number | undefined {
    const index = this.marks.indexOf(UNTOUCHED, from);
    return index < 0 ? undefined : index;
  }

  /** The last block that anybody has begun, counted from 1; 0 when nobody has begun any. */
  get begunCount(): number {
    return this.marks.findLastIndex((mark) => mark !== UNTOUCHED) + 1;
  }

  isLeased(index: number): boolean {
    return this.marks[index] === LEASED;
  }

  isDecided(index: number): boolean {
    return this.marks[index] === DECIDED;
  }

  reopenedAt(index: number): ReopenedBlock | undefined {
    return this.reopenedByIndex.get(index);
  }

  reopened(): IterableIterator<ReopenedBlock> {
    return this.reopenedByIndex.values();
  }

  /** Those that someone has begun and nobody has ended. */
  *touched(): Generator<number> {
    yield* this.leasedIndexes;
    yield* this.reopenedByIndex.keys();
  }
}
