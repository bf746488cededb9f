// SPDX-License-Identifier: Apache-2.0
/**
 * How a row that was measured stands to its plan: what failed, is missing, waits, or was not
 * measured in one go. It looks at trials and at how many values there are, and at no value.
 */
import type { BlockHistory } from './block-history.js';
import type { Cell } from './cell.js';
import { repeatedFailures } from './repeated-failures.js';
import { measuredTrials, type RowView } from './row-view.js';
import type { TrialCounts } from './trial-counts.js';

/** Fewer values than this show no spread worth the name. */
export const REPETITIONS_MIN = 3;

export interface CompletenessEvidence {
  readonly view: RowView;
  readonly counts: TrialCounts;
  /** Of the primary metric. */
  readonly cells: readonly Cell[];
  /** Why the rest of the row cannot run now. */
  readonly waiting: readonly string[];
}

/** Whatever makes the row doubtful. */
export function completenessReasons(evidence: CompletenessEvidence): string[] {
  const rules = [failures, blocks, waits, split, repetitions];
  return rules.flatMap((rule) => rule(evidence));
}

/** What a reader should see and need not doubt. */
export function completenessRemarks(evidence: CompletenessEvidence): string[] {
  return [...addedLater(evidence), ...quietReruns(evidence.view)];
}

function failures({ counts, view }: CompletenessEvidence): string[] {
  if (counts.failed === 0) return [];
  const without = counts.failed - counts.recovered;
  const end = without === 0 ? 'clean after rerun' : `${without} still without a value`;
  return [`${counts.failed} of ${counts.planned} failed, ${end}`, ...repeatedFailures(view)];
}

function blocks({ view }: CompletenessEvidence): string[] {
  const all = view.blocks;
  const open = all.filter((block) => block.standing === 'open');
  const provisional = all.filter((block) => block.standing === 'provisional');
  const accepted = all.filter((block) => block.standing === 'accepted');
  const incomplete = accepted.filter((block) => missingKernels(view, block).length > 0);
  const resumed = accepted.filter(isResumed);
  return [
    ...when(open, `${open.length} of ${count(all, 'block')} missing`),
    ...when(provisional, `${count(provisional, 'block')} not decided yet`),
    ...incomplete.map((block) => {
      const kernels = missingKernels(view, block).join(', ');
      return `block ${block.planned.id} incomplete: no value of ${kernels}`;
    }),
    ...resumed.map((block) => `block ${block.planned.id} resumed after an interruption`),
  ];
}

/**
 * The kernels planned in an accepted block without a measured trial in this environment; the
 * baseline's second turn too, since a block without it is in no floor and in no change of a
 * sandwich.
 */
function missingKernels(view: RowView, block: BlockHistory): string[] {
  const measured = new Set(measuredTrials(block, view.environment).map((entry) => entry.kernel));
  const planned = new Set(block.planned.trials.map(({ kernel }) => kernel));
  return [...view.planned.kernels, ...(view.again === undefined ? [] : [view.again])].filter(
    (kernel) => planned.has(kernel) && !measured.has(kernel),
  );
}

/**
 * Two agent processes worked on the attempt that counts, so time passed in the middle of the block.
 */
function isResumed(block: BlockHistory): boolean {
  return new Set(block.counted.map((entry) => entry.session)).size > 1;
}

function waits({ waiting }: CompletenessEvidence): string[] {
  return waiting.map((reason) => `waiting: ${reason}`);
}

function split({ view }: CompletenessEvidence): string[] {
  if (view.environments.length < 2) return [];
  return [`row ${view.planned.id} ran partly in each of ${view.environments.join(', ')}`];
}

function repetitions({ cells }: CompletenessEvidence): string[] {
  const sizes = cells.map((cell) => cell.values.length);
  const least = Math.min(...sizes);
  const few =
    least < REPETITIONS_MIN ? [`fewer than ${REPETITIONS_MIN} repetitions (${least})`] : [];
  if (new Set(sizes).size < 2 || cells.every(isAsPlanned)) return few;
  const each = cells.map((cell) => `${cell.kernel} ${cell.values.length}`).join(', ');
  return [...few, `repetition counts differ (${each})`];
}

/** A kernel that was added later has fewer blocks than the baseline, and lacks nothing. */
function addedLater({ cells }: CompletenessEvidence): string[] {
  const planned = new Set(cells.map(({ expected }) => expected));
  if (planned.size < 2) return [];
  const each = cells.map(({ kernel, expected }) => `${kernel} ${expected}`).join(', ');
  return [`repetitions as planned, with kernels added later (${each})`];
}

function isAsPlanned({ values, expected }: Cell): boolean {
  return values.length === expected;
}

/** Attempts that were replaced although none of their trials failed: a lost host, for instance. */
function quietReruns(view: RowView): string[] {
  const quiet = view.blocks.filter((block) => {
    const replaced = block.entries.length > block.counted.length && block.standing !== 'open';
    return replaced && block.entries.every((entry) => entry.outcome.status === 'measured');
  });
  return when(quiet, `${count(quiet, 'block')} rerun without a failed trial`);
}

function when(found: readonly unknown[], sentence: string): string[] {
  return found.length > 0 ? [sentence] : [];
}

function count(things: readonly unknown[], noun: string): string {
  return `${things.length} ${noun}${things.length === 1 ? '' : 's'}`;
}
