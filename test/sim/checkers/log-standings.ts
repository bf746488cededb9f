// SPDX-License-Identifier: Apache-2.0
/**
 * What the second reading of the log says after each of its entries, in the order in which they are
 * folded, kept for controllers that are behind. It complains of a fold that has more than that.
 */
import { type BlockDecision, type LogEntry, readEntryLines, type SweepId } from '@labsweep/proto';
import type { Lab } from '../lab/lab.js';
import type { SimController } from '../lab/sim-controller.js';
import type { StoredMessage } from '../machine/broker-model.js';
import { type Checker, ViolationError } from './checker.js';
import { type ReadRow, type ReadSweep, SecondReading } from './second-reading.js';

/** What the log says after one of its entries. */
export interface Standing {
  readonly sequence: number;
  readonly isCancelled: ReadonlyMap<SweepId, boolean>;
  /** By sweep and block; those without a decision are left out. */
  readonly decisions: ReadonlyMap<string, BlockDecision>;
  /** By sweep and row; those of which nothing was measured are left out. */
  readonly rows: ReadonlyMap<string, Readonly<ReadRow>>;
}

export class LogStandings implements Checker {
  private reading = new SecondReading();
  /** By sequence, from 1: behind each of the entries that are folded then, in that order. */
  private standings: (readonly Standing[])[] = [];
  private readonly entries = new WeakMap<StoredMessage, readonly LogEntry[]>();

  /** As the newest entry has them that was read. */
  get sweeps(): ReadonlyMap<SweepId, ReadSweep> {
    return this.reading.sweeps;
  }

  /** What is read of the log after it has lost its end is read anew. */
  logShrank(): void {
    this.reading = new SecondReading();
    this.standings = [];
  }

  /**
   * At the newest entry that the controller has folded. Undefined while that log cannot be read, as
   * its stream is deleted; and for a controller that has ended, or has not noticed yet that entries
   * were lost: it is about to forget what it knows.
   */
  of(controller: SimController, lab: Lab): Standing | undefined {
    if (!controller.process.alive || controller.isStale) return undefined;
    const { sequence, count } = controller.foldedTo;
    const { broker } = lab.network;
    while (this.standings.length < sequence) {
      const next = this.standings.length + 1;
      const message = broker.messages[next - 1];
      if (message?.sequence !== next) return undefined;
      this.standings.push(this.read(message));
    }
    if (count === 0) return undefined;
    const standing = this.standings[sequence - 1]?.[count - 1];
    if (standing !== undefined) return standing;
    const detail = `${controller.process.name} folds entry ${count} at ${sequence} of the log`;
    throw new ViolationError('the fold has what the log has', `${detail}, which has fewer`);
  }

  private read(message: StoredMessage): readonly Standing[] {
    const entries = this.entries.get(message) ?? readEntryLines(message.text).entries;
    this.entries.set(message, entries);
    const standings: Standing[] = [];
    const folded = () => standings.push(standingOf(this.reading, message.sequence));
    for (const entry of entries) this.reading.take(entry, folded);
    return standings;
  }
}

function standingOf({ sweeps }: SecondReading, sequence: number): Standing {
  const decisions = new Map<string, BlockDecision>();
  const cancelled = new Map<SweepId, boolean>();
  const rows = new Map<string, ReadRow>();
  for (const [sweep, { blocks, ...read }] of sweeps) {
    cancelled.set(sweep, read.isCancelled);
    for (const [row, found] of read.rows) rows.set(`${sweep}/${row}`, { ...found });
    for (const { id, decision } of blocks.values()) {
      if (decision !== undefined) decisions.set(`${sweep}/${id}`, decision);
    }
  }
  return { sequence, isCancelled: cancelled, decisions, rows };
}
