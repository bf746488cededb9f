// SPDX-License-Identifier: Apache-2.0
/**
 * Folds what a user asked of a sweep: it stops or goes on, blocks are opened anew, or the plan
 * grows. What was measured before stays in the log and counts where a decision says so.
 */
import type { Commanded, PlannedBlock, RowId } from '@labsweep/proto';
import { extendDesign, type SweepDesign } from '../plan/extend-design.js';
import { takesEffect } from '../plan/takes-effect.js';
import { isLabFailure } from './decide-block.js';
import {
  type AttemptState,
  type BlockState,
  isSettled,
  type LabState,
  type SweepState,
} from './lab-state.js';

/** Of all blocks that nobody has tried. */
const NONE: readonly AttemptState[] = [];

/** False for a command that was folded before, and for one about a sweep that is not there. */
export function applyCommanded(state: LabState, entry: Commanded): boolean {
  const sweep = state.sweeps.get(entry.sweep);
  if (sweep === undefined || !state.commands.take(entry)) return false;
  const { command } = entry;
  const isCancelled = sweep.cancelledAtMs !== undefined;
  if (!takesEffect({ spec: sweep.spec, isCancelled }, command)) {
    state.commands.skip(entry);
    return true;
  }
  switch (command.kind) {
    case 'pause':
      sweep.isPaused = true;
      return true;
    case 'resume':
      sweep.isPaused = false;
      return true;
    case 'cancel':
      sweep.cancelledAtMs = entry.atMs;
      return true;
    case 'rerun-failed':
      reopen(sweep, ({ decision }) => decision?.complete === false);
      return true;
    case 'rerun-row':
      reopen(sweep, ({ planned }) => planned.row === command.row);
      return true;
    case 'add-repetitions':
      extend(sweep, extendDesign(sweep.design, command));
      return true;
    case 'add-kernel':
      extend(sweep, extendDesign(sweep.design, command));
      sweep.kernels = [...sweep.kernels, command.kernel];
      return true;
    case 'stop-row':
      shrink(sweep, extendDesign(sweep.design, command));
      return true;
  }
}

export function newBlock(planned: PlannedBlock): BlockState {
  return { planned, attempts: NONE, earlier: NONE, firstAttempt: 1, decision: undefined };
}

/** What a sweep has at hand of its design. */
export function partsOf({ spec, plan }: SweepDesign) {
  return { spec, plan, rows: new Map(plan.rows.map((row) => [row.id as RowId, row])) };
}

function extend(sweep: SweepState, design: SweepDesign): void {
  sweep.design = design;
  Object.assign(sweep, partsOf(design));
  for (const planned of design.plan.blocks) {
    if (!sweep.blocks.has(planned.id)) sweep.blocks.set(planned.id, newBlock(planned));
  }
}

/**
 * Whoever stops a row has not seen that anybody has begun the blocks that it drops. Where one was
 * all the same, by a grant of another controller, what comes of it is kept as evidence.
 */
function shrink(sweep: SweepState, design: SweepDesign): void {
  sweep.design = design;
  Object.assign(sweep, partsOf(design));
  const planned = new Set(design.plan.blocks.map(({ id }) => id));
  for (const [id, block] of sweep.blocks) {
    if (planned.has(id)) continue;
    sweep.settledCount -= block.planned.trials.filter((trial) => isSettled(block, trial.id)).length;
    if (block.decision !== undefined) sweep.decidedCount -= 1;
    sweep.blocks.delete(id);
    sweep.dropped.set(id, block);
  }
}

/**
 * A block that nobody has tried has nothing to run anew. Failures of the lab in earlier rounds are
 * forgiven: whoever asks for another round has looked at the lab.
 */
function reopen(sweep: SweepState, isMeant: (block: BlockState) => boolean): void {
  for (const block of sweep.blocks.values()) {
    if (block.attempts.length === 0 || !isMeant(block)) continue;
    block.firstAttempt = 1 + Math.max(...block.attempts.map(({ attempt }) => attempt));
    sweep.settledCount -= block.planned.trials.filter(({ id }) => isSettled(block, id)).length;
    const { row } = block.planned;
    const forgiven = block.attempts.filter((attempt) => isLabFailure(block, attempt)).length;
    if (forgiven > 0) sweep.labFailures.set(row, (sweep.labFailures.get(row) ?? 0) - forgiven);
    block.earlier = [...block.earlier, ...block.attempts];
    block.attempts = NONE;
    if (block.decision === undefined) continue;
    block.decision = undefined;
    sweep.decidedCount -= 1;
  }
}
