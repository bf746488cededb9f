// SPDX-License-Identifier: Apache-2.0
/** A mistake in a spec with its place in the file, and the text that a user sees of it. */

export interface SpecProblem {
  /** The file, as the user named it. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units, as editors count. */
  readonly column: number;
  /** The key path, or `TOML` for a mistake in the syntax. */
  readonly where: string;
  readonly what: string;
  readonly hint: string;
  readonly sourceLine: string;
}

/** What a terminal would obey instead of showing it. Tabs are harmless and stay. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose.
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Of longer lines only the part around the spot is shown. */
const SOURCE_WIDTH_MAX = 160;
/** How much of such a line is shown before the spot. */
const LEAD_WIDTH = 40;

/** Three lines: place and message, the line of the file, and a caret below the spot. */
export function formatProblem(problem: SpecProblem): string {
  const { path, line, column, where, what, hint, sourceLine } = problem;
  const isLong = sourceLine.length > SOURCE_WIDTH_MAX;
  const start = isLong ? Math.max(0, column - 1 - LEAD_WIDTH) : 0;
  // Tabs are kept, so that the caret stands right however wide the terminal makes them.
  const indent = sourceLine
    .slice(start, column - 1)
    .replaceAll(/[^\t]/g, ' ')
    .padEnd(column - 1 - start);
  const lines = [
    `${path}:${line}:${column}: ${where}: ${what}; ${hint}`,
    sourceLine.slice(start, start + SOURCE_WIDTH_MAX),
    `${indent}^`,
  ];
  return lines.map((each) => each.replaceAll(CONTROL_CHARACTERS, '?')).join('\n');
}
