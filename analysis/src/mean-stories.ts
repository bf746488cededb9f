// SPDX-License-Identifier: Apache-2.0
/**
 * Where mean and median tell different stories: a few far values pull one and not the other, and a
 * report that showed a single centre would hide it. It judges nothing.
 */
import { type Cell, hostsOf } from './cell.js';
import type { RowView } from './row-view.js';

/** Mean and median that are further apart than by this share of the smaller one are told. */
const STORY_LIMIT = 0.05;

export interface StoryContext {
  /** The cells, and the baseline's second turn. */
  readonly turns?: readonly Cell[];
  readonly view?: Pick<RowView, 'sandwiched'>;
}

/** One sentence for each level and each change of which that is so. */
export function meanStories(
  cells: readonly Cell[],
  { turns = cells, view }: StoryContext = {},
): string[] {
  const baseline = cells.find(({ comparison }) => comparison.kind === 'baseline');
  const isSandwich = view?.sandwiched !== undefined;
  return [
    ...turns.flatMap((cell) => levelStory(cell)),
    ...cells.flatMap((cell) => changeStory(cell, { baseline, isSandwich })),
  ];
}

/** The levels of several hosts lie apart without any far value. */
function levelStory(cell: Cell): string[] {
  const { kernel, summary } = cell;
  if (summary === undefined || hostsOf([cell]).size > 1) return [];
  const { mean, median } = summary;
  if (!isApart(mean, median)) return [];
  return [`${kernel}: mean ${shown(mean)} and median ${shown(median)} tell different stories`];
}

/**
 * Of one host by the levels; of several inside blocks, where their levels cancel, and in a sandwich
 * too, where the change has no level to be taken from.
 */
function changeStory(
  cell: Cell,
  { baseline, isSandwich }: { readonly baseline: Cell | undefined; readonly isSandwich: boolean },
): string[] {
  const { kernel, comparison, summary } = cell;
  if (comparison.kind !== 'compared' || baseline?.summary === undefined) return [];
  if (summary === undefined) return [];
  const [mean, median] =
    isSandwich || hostsOf([cell, baseline]).size > 1
      ? [comparison.ratio.mean, comparison.ratio.median]
      : [summary.mean / baseline.summary.mean, summary.median / baseline.summary.median];
  if (!isApart(mean, median)) return [];
  return [
    `change of ${kernel}: ${mean.toFixed(2)}x by means and ${median.toFixed(2)}x by medians ` +
      'tell different stories',
  ];
}

function isApart(mean: number, median: number): boolean {
  if (!(mean > 0 && median > 0)) return false;
  return Math.max(mean, median) / Math.min(mean, median) > 1 + STORY_LIMIT;
}

/** Four digits, and never fewer than the integer part has. */
function shown(value: number): string {
  return String(value >= 1000 ? Math.round(value) : Number(value.toPrecision(4)));
}
