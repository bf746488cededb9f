// SPDX-License-Identifier: Apache-2.0
/**
 * A row stops when it is as precise as its spec asks, by the blocks that count then, and by an
 * outcome that came after all that users have asked of it; it loses no block that anybody has
 * begun, or that whoever stopped it did not know of. From then on nobody is given another block of
 * it. At the end it has stopped so, or has all its blocks.
 */
import type {
  BlockId,
  ControllerMessage,
  HostId,
  LogEntry,
  PlannedBlock,
  SweepId,
} from '@labsweep/proto';
import type { Lab } from '../lab/lab.js';
import { plannedBlocks } from '../lab/loop-view.js';
import type { SimController } from '../lab/sim-controller.js';
import { type Checker, ViolationError } from './checker.js';
import type { LogStandings } from './log-standings.js';

const PROMISE = 'a row stops when it is precise';

type Stop = Extract<Extract<LogEntry, { type: 'commanded' }>['command'], { kind: 'stop-row' }>;

export class PreciseRows implements Checker {
  /** Blocks that some controller has leased to somebody, by sweep and block. */
  private readonly begun = new Set<string>();
  /** What was planned of the row when somebody decided to stop it, by sweep. */
  private readonly known = new Map<SweepId, Set<BlockId>>();

  constructor(
    private readonly standings: LogStandings,
    private readonly lab: () => Lab,
  ) {}

  controllerAppends(controller: SimController, entry: LogEntry): void {
    const { loop, process } = controller;
    if (loop === undefined || entry.type !== 'commanded') return;
    const { sweep, command } = entry;
    if (command.kind !== 'stop-row') return;
    this.lab().world.count('row stops early');
    const planned = plannedBlocks(loop, sweep).filter(({ row }) => row === command.row);
    const known = this.known.get(sweep) ?? new Set<BlockId>();
    this.known.set(sweep, known);
    for (const block of planned) if (isDropped(command, block)) known.add(block.id);
    const leased = new Set(loop.leases().map(({ block }) => block));
    const blocks = loop.sweep(sweep)?.blocks;
    const begun = planned.find((block) => {
      const isBegun = leased.has(block.id) || (blocks?.get(block.id)?.attempts.length ?? 0) > 0;
      return isDropped(command, block) && isBegun;
    });
    if (begun !== undefined) {
      throw new ViolationError(PROMISE, `${process.name} drops ${begun.id}, which is begun`);
    }
    const row = this.standings.of(controller, this.lab())?.rows.get(`${sweep}/${command.row}`);
    if (row === undefined || row.isPrecise) return;
    const why = 'which is not precise, or was so before a user asked for more of it';
    throw new ViolationError(PROMISE, `${process.name} stops ${command.row}, ${why}`);
  }

  /** What is dropped in the fold of a controller was known to one that has stopped the row. */
  folded({ loop, process }: SimController, _sequence: number, entry: LogEntry): void {
    if (entry.type !== 'commanded' || entry.command.kind !== 'stop-row') return;
    const known = this.known.get(entry.sweep);
    for (const id of loop?.sweep(entry.sweep)?.dropped.keys() ?? []) {
      if (known?.has(id)) continue;
      const detail = `${process.name} drops ${id}, which was added since it was decided`;
      throw new ViolationError(PROMISE, detail);
    }
  }

  controllerSaid(
    controller: SimController,
    host: HostId | undefined,
    message: ControllerMessage,
  ): void {
    if (message.kind !== 'lease' || controller.loop === undefined) return;
    const { sweep, block } = message.lease;
    const key = (id: string) => `${sweep}/${id}`;
    const isFirst = !this.begun.has(key(block));
    this.begun.add(key(block));
    const state = controller.loop.sweep(sweep);
    if (!isFirst || state?.spec.precision === undefined) return;
    const planned = state.blocks.get(block)?.planned;
    const row = this.standings.of(controller, this.lab())?.rows.get(key(planned?.row ?? ''));
    if (planned === undefined || row?.isPrecise !== true || !row.isNews) return;
    // Up to the last one that was begun, all are run.
    const isBelow = state.plan.blocks.some(
      ({ id, row: other, repetition }) =>
        other === planned.row && repetition > planned.repetition && this.begun.has(key(id)),
    );
    if (isBelow) return;
    const detail = `${controller.process.name} leased ${block} to ${host}`;
    throw new ViolationError('a precise row gets no other block', detail);
  }
}

function isDropped({ repetitions, plannedRepetitions }: Stop, { repetition }: PlannedBlock) {
  return repetition > repetitions && repetition <= (plannedRepetitions ?? repetition);
}
