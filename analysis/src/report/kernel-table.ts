// SPDX-License-Identifier: Apache-2.0
/**
 * The table of one metric: kernels across, environment and CPU count down, at most three kernels
 * side by side and as few as the page needs. What stands in a cell is up to the caller.
 */
import type { KernelName, Metric } from '@labsweep/proto';
import type { Cell } from '../cell.js';
import type { KernelTrialCounts, Report, ReportRow } from '../report-model.js';
import { renderAsciiTable, type TableCell } from './ascii-table.js';
import { levelDecimals } from './format-number.js';
import { metricText } from './headline.js';
import { PAGE_COLUMNS, wrapText } from './page.js';

/** More do not fit on a line that a mail carries unbroken. */
export const KERNELS_ACROSS_MAX = 3;

/** What a cell's text is made from. */
export interface KernelCell {
  readonly cell: Cell;
  readonly trials: KernelTrialCounts;
  /** Digits after the point that all levels of the row share. */
  readonly decimals: number;
  /** Values that the plan foresees for the kernel of the row that has most of them. */
  readonly expectedMost?: number;
}

export interface KernelTableOptions {
  readonly metric: Metric;
  readonly cellText: (cell: KernelCell) => TableCell;
  /** Sets the marks of a row below its environment. */
  readonly showMarks?: boolean;
}

/** Title, then one table for all rows of the same kernels and scenario. */
export function renderKernelTable(report: Report, options: KernelTableOptions): string[] {
  const { metric } = options;
  const title = wrapText(`${metricText(metric)}, baseline ${report.baseline}`);
  const scenarios = new Set(report.rows.map((row) => row.scenario));
  const tables = groupsOf(report.rows).flatMap((rows) => {
    const scenario = rows[0]?.scenario ?? '';
    const heading = scenarios.size > 1 && scenario !== '' ? ['', `scenario ${scenario}`] : [];
    return [...heading, ...renderGroup(rows, options)];
  });
  return [...title, ...tables];
}

/** Rows of different kernels cannot share columns, rows of different scenarios should not. */
function groupsOf(rows: readonly ReportRow[]): ReportRow[][] {
  const groups = new Map<string, ReportRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.scenario, row.kernels]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

/** The first layout that fits the page, from the widest to one kernel at a time. */
function renderGroup(rows: readonly ReportRow[], options: KernelTableOptions): string[] {
  let lines: string[] = [];
  for (let across = KERNELS_ACROSS_MAX; across >= 1; across -= 1) {
    for (const gap of [2, 1]) {
      lines = stack(rows, { ...options, across, gap });
      if (lines.every((line) => line.length <= PAGE_COLUMNS)) return lines;
    }
  }
  return lines;
}

interface Layout extends KernelTableOptions {
  readonly across: number;
  readonly gap: number;
}

function stack(rows: readonly ReportRow[], layout: Layout): string[] {
  const kernels = rows[0]?.kernels ?? [];
  const starts = kernels.map((_, index) => index).filter((index) => index % layout.across === 0);
  return starts.flatMap((start) => [
    '',
    ...renderAcross(rows, { ...layout, kernels: kernels.slice(start, start + layout.across) }),
  ]);
}

function renderAcross(
  rows: readonly ReportRow[],
  layout: Layout & { readonly kernels: readonly KernelName[] },
): string[] {
  const columns = [
    { header: 'environment', align: 'left' as const },
    { header: 'smp', align: 'right' as const },
    { header: 'n', align: 'right' as const },
    ...layout.kernels.map((kernel) => ({ header: kernel, align: 'left' as const })),
  ];
  // A native trial has what its host has, which its row writes as 0.
  const sizes = rows.map((row) => row.shape.memoryMib).filter((mib) => mib > 0);
  const hasMemories = new Set(sizes).size > 1;
  const body = rows.map((row) => {
    const cells = row.metrics.find(({ metric }) => metric === layout.metric.name)?.cells ?? [];
    const n = Math.max(0, ...cells.map((cell) => cell.values.length));
    const { memoryMib } = row.shape;
    const memory = hasMemories && memoryMib > 0 ? [`${memoryMib} MiB`] : [];
    const texts = layout.kernels.map((kernel) => kernelText(row, { kernel, cells, layout }));
    const marks = layout.showMarks === true ? row.status.marks : [];
    return [[row.environment, ...memory, ...marks], [String(row.shape.smp)], [String(n)], ...texts];
  });
  return renderAsciiTable({ columns, rows: body, gap: layout.gap });
}

function kernelText(
  row: ReportRow,
  parts: { readonly kernel: KernelName; readonly cells: readonly Cell[]; readonly layout: Layout },
): TableCell {
  const cell = parts.cells.find((each) => each.kernel === parts.kernel);
  const trials = row.trialsByKernel.find((each) => each.kernel === parts.kernel);
  if (cell === undefined || trials === undefined) return [];
  const expectedMost = Math.max(...parts.cells.map(({ expected }) => expected));
  const decimals = levelDecimals(parts.cells);
  return parts.layout.cellText({ cell, trials, decimals, expectedMost });
}
