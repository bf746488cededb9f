// SPDX-License-Identifier: Apache-2.0
/**
 * The raw series as lines of text, for formats that have no table of their own for them, and as a
 * table: every value that counts, by block, so that each number above can be recomputed.
 */
import type { BlockId, HostId } from '@labsweep/proto';
import type { Cell } from '../cell.js';
import type { Report, ReportRow } from '../report-model.js';
import { wrapText } from './page.js';

/** Of one metric; a block without a value of the kernel shows as `-`. */
export function rawSeriesLines(
  report: Report,
  { metric, columns }: { readonly metric: string; readonly columns: number },
): string[] {
  return report.rows.flatMap((row) => {
    const cells = seriesCells(report, row, metric).filter(({ values }) => values.length > 0);
    const blocks = seriesBlocks(cells);
    if (blocks.length === 0) return [];
    const hosts = hostsOf(blocks);
    return [
      ...wrapText(row.label, { prefix: '  ', columns }),
      ...hosts.flatMap((host) => {
        const own = hosts.length === 1 ? blocks : blocks.filter((block) => block.host === host);
        const repetitions = own.map(({ repetition }) => repetition).join(' ');
        const place = `on ${hostName(report, host)}, repetitions ${repetitions}`;
        return [
          ...(hosts.length === 1 ? [] : wrapText(place, { prefix: '    ', columns })),
          ...cells.flatMap((cell) =>
            wrapText(`${cell.kernel}: ${valuesIn(cell, own).join(' ')}`, {
              prefix: hosts.length === 1 ? '    ' : '      ',
              columns,
            }),
          ),
        ];
      }),
    ];
  });
}

export interface SeriesTable {
  readonly kernels: readonly string[];
  /** The block, then one value a kernel; `-` where there is none. */
  readonly rows: readonly (readonly string[])[];
}

/** A line for each block: two hosts may both have run a repetition. Undefined without a value. */
export function seriesTable(
  report: Report,
  row: ReportRow,
  metric: string,
): SeriesTable | undefined {
  const cells = seriesCells(report, row, metric);
  const blocks = seriesBlocks(cells);
  if (blocks.length === 0) return undefined;
  const isOfMany = hostsOf(blocks).length > 1;
  const columns = cells.map((cell) => valuesIn(cell, blocks));
  return {
    kernels: cells.map(({ kernel }) => kernel),
    rows: blocks.map(({ repetition, host }, index) => [
      isOfMany ? `${repetition} on ${hostName(report, host)}` : String(repetition),
      ...columns.map((values) => values[index] ?? '-'),
    ]),
  };
}

export function cellsOf(row: ReportRow, metric: string): readonly Cell[] {
  return row.metrics.find((each) => each.metric === metric)?.cells ?? [];
}

/** The baseline's second turn, compared with its first one; absent where it has none. */
export function againCell(
  { primary }: Pick<Report, 'primary'>,
  row: ReportRow,
  metric: string,
): Cell | undefined {
  if (metric === primary.name) return row.again;
  return row.metrics.find((each) => each.metric === metric)?.again;
}

/** With the baseline's second turn, which is in no table. */
function seriesCells(report: Report, row: ReportRow, metric: string): readonly Cell[] {
  const again = againCell(report, row, metric);
  return again === undefined ? cellsOf(row, metric) : [...cellsOf(row, metric), again];
}

interface SeriesBlock {
  readonly block: BlockId;
  readonly repetition: number;
  readonly host: HostId;
}

/** Those of which any kernel has a value, by repetition. */
function seriesBlocks(cells: readonly Cell[]): SeriesBlock[] {
  const all = cells.flatMap(({ values }) => values.map((each) => [each.block, each] as const));
  return [...new Map(all).values()].toSorted((a, b) => a.repetition - b.repetition);
}

function hostsOf(blocks: readonly SeriesBlock[]): HostId[] {
  return [...new Set(blocks.map(({ host }) => host))];
}

function hostName({ head }: Report, id: HostId): string {
  return head.hosts.find((host) => host.id === id)?.name ?? id;
}

/** One for each block; `-` where the kernel has no value. */
function valuesIn(cell: Cell, blocks: readonly SeriesBlock[]): string[] {
  const values = new Map(cell.values.map(({ block, value }) => [block, value]));
  return blocks.map(({ block }) => String(values.get(block) ?? '-'));
}
