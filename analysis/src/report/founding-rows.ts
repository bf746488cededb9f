// SPDX-License-Identifier: Apache-2.0
/**
 * The numbers of the founding table, from summaries: % faster and gap closed, by mean and by
 * median. Row status follows the runs alone, as the founding report had it.
 */
import { gapFraction, storyDistancePoints } from '../gap-fraction.js';
import { CV_LIMIT } from '../row-status.js';
import type { SummaryCell } from './founding-summary.js';

/** Which metric of a summary (lower is better) and which of its kernels play which part. */
export interface FoundingOptions {
  readonly metric: string;
  readonly good: string;
  readonly bad: string;
  readonly candidate: string;
}

/** Fractions; undefined where a centre leaves nothing to divide by. */
export interface CentreNumbers {
  /** (bad - candidate) / bad. */
  readonly faster: number | undefined;
  readonly gapClosed: number | undefined;
}

export interface FoundingRow {
  readonly smp: number;
  readonly good: SummaryCell;
  readonly bad: SummaryCell;
  readonly candidate: SummaryCell;
  readonly byMean: CentreNumbers;
  readonly byMedian: CentreNumbers;
  readonly status: 'clean' | 'supporting';
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
}

/** CPU counts in the order of the summary. Throws an Error when one lacks a kernel. */
export function foundingRows(
  cells: readonly SummaryCell[],
  options: FoundingOptions,
): FoundingRow[] {
  const wanted = cells.filter((cell) => cell.metric === options.metric);
  return [...new Set(wanted.map((cell) => cell.smp))].map((smp) => {
    const find = (kernel: string): SummaryCell => {
      const cell = wanted.find((each) => each.smp === smp && each.kernel === kernel);
      if (cell !== undefined) return cell;
      throw new Error(`summary: no ${options.metric} of ${kernel} at ${smp} CPUs; check the names`);
    };
    const good = find(options.good);
    const bad = find(options.bad);
    const candidate = find(options.candidate);
    return foundingRow({ good, bad, candidate });
  });
}

type ThreeCells = Pick<FoundingRow, 'good' | 'bad' | 'candidate'>;

function foundingRow(three: ThreeCells): FoundingRow {
  const cells = [three.good, three.bad, three.candidate];
  const byMean = numbersOf(three, 'mean');
  const byMedian = numbersOf(three, 'median');
  const reasons = [...cells.flatMap(failureReason), ...differingRuns(cells)];
  return {
    smp: three.good.smp,
    ...three,
    byMean,
    byMedian,
    status: reasons.length === 0 ? 'clean' : 'supporting',
    reasons,
    warnings: [...storyWarning({ byMean, byMedian }), ...cells.flatMap(spreadWarning)],
  };
}

function numbersOf(three: ThreeCells, centre: 'mean' | 'median'): CentreNumbers {
  const [good, bad, candidate] = [three.good[centre], three.bad[centre], three.candidate[centre]];
  return {
    faster: bad === 0 ? undefined : (bad - candidate) / bad,
    gapClosed: gapFraction({ good, bad, candidate }),
  };
}

function failureReason({ kernel, runsOk, runsFailed, failureReasons }: SummaryCell): string[] {
  if (runsFailed === 0) return [];
  // The folders of a reporter's machine say nothing to a reader; the file's name does.
  const why = failureReasons.replaceAll(/(?:\/[\w.-]+)+\/(?=[\w.-])/g, '');
  return [
    `${kernel}: ${runsFailed} of ${runsOk + runsFailed} runs failed (${why || 'no reason given'})`,
  ];
}

function differingRuns(cells: readonly SummaryCell[]): string[] {
  if (new Set(cells.map((cell) => cell.runsOk)).size < 2) return [];
  return [`run counts differ (${cells.map((cell) => `${cell.kernel} ${cell.runsOk}`).join(', ')})`];
}

function storyWarning(both: Pick<FoundingRow, 'byMean' | 'byMedian'>): string[] {
  const points = storyDistancePoints(both.byMean.gapClosed, both.byMedian.gapClosed);
  if (points === undefined) return [];
  return [`mean and median tell different stories: gap closed ${points.toFixed(1)} points apart`];
}

function spreadWarning({ kernel, cv }: SummaryCell): string[] {
  return cv > CV_LIMIT ? [`${kernel} varies by CV ${(cv * 100).toFixed(1)}%`] : [];
}
