// SPDX-License-Identifier: Apache-2.0
/**
 * Sets a table in columns of plain text. Cells may have several lines; widths follow the content.
 */

export interface TableColumn {
  readonly header: string;
  readonly align: 'left' | 'right';
}

/** The lines of one cell, from the top. */
export type TableCell = readonly string[];

export interface AsciiTable {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly TableCell[])[];
  /** Blanks between two columns. */
  readonly gap: number;
}

/** Header first, a blank line before each row of several lines; no line ends in blanks. */
export function renderAsciiTable(table: AsciiTable): string[] {
  const header = table.columns.map((column) => [column.header]);
  const widths = table.columns.map((_, index) => widthOf([header, ...table.rows], index));
  const setRow = (row: readonly TableCell[]): string[] => {
    const height = Math.max(1, ...row.map((cell) => cell.length));
    return Array.from({ length: height }, (_, line) =>
      table.columns
        .map((column, index) => pad(row[index]?.[line] ?? '', widths[index] ?? 0, column.align))
        .join(' '.repeat(table.gap))
        .trimEnd(),
    );
  };
  const blocks = table.rows.map(setRow);
  const isTall = blocks.some((lines) => lines.length > 1);
  const body = blocks.flatMap((lines, index) => (isTall && index > 0 ? ['', ...lines] : lines));
  return [...setRow(header), ...body];
}

function widthOf(rows: readonly (readonly TableCell[])[], index: number): number {
  return Math.max(0, ...rows.flatMap((row) => (row[index] ?? []).map((line) => line.length)));
}

function pad(text: string, width: number, align: TableColumn['align']): string {
  return align === 'left' ? text.padEnd(width) : text.padStart(width);
}
