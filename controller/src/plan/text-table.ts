// SPDX-License-Identifier: Apache-2.0
/** Aligns cells in columns of plain text. It does not cut what is too wide. */

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

const GUTTER = '  ';

/** The titles, then a line for each row; no line ends in blanks. */
export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const lines = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, index) =>
    lines.reduce((widest, line) => Math.max(widest, line[index]?.length ?? 0), 0),
  );
  return lines.map((line) => {
    const cells = columns.map(({ align }, index) => {
      const [cell = '', width = 0] = [line[index], widths[index]];
      return align === 'left' ? cell.padEnd(width) : cell.padStart(width);
    });
    return cells.join(GUTTER).trimEnd();
  });
}
