// SPDX-License-Identifier: Apache-2.0
/**
 * The page every text report is set on: ASCII, 80 columns, so that it goes into a mail to a kernel
 * list as it is. It sets text; it knows nothing of tables or numbers.
 */

export const PAGE_COLUMNS = 80;

export interface WrapOptions {
  /** Stands before the first line; the others are indented by as many blanks. */
  readonly prefix?: string;
  readonly columns?: number;
}

/** Breaks at blanks, and inside a word only where the word is longer than a line. */
export function wrapText(text: string, options: WrapOptions = {}): string[] {
  const { prefix = '', columns = PAGE_COLUMNS } = options;
  const room = Math.max(columns - prefix.length, 1);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).flatMap((each) => chunks(each, room))) {
    if (line === '') line = word;
    else if (line.length + 1 + word.length <= room) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  const blanks = ' '.repeat(prefix.length);
  return [...lines, line].map((each, index) => `${index === 0 ? prefix : blanks}${each}`.trimEnd());
}

/**
 * The last step of every text renderer: what a name or a message brought along cannot break the
 * page.
 */
export function finishPage(lines: readonly string[], columns = PAGE_COLUMNS): string[] {
  return lines
    .map((line) =>
      line
        .replace(/\t/g, ' ')
        .replace(/[^\x20-\x7e]/g, '?')
        .trimEnd(),
    )
    .flatMap((line) => (line === '' ? [''] : chunks(line, columns)));
}

/** An empty text has no chunk. */
function chunks(text: string, size: number): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; start += size) {
    pieces.push(text.slice(start, start + size));
  }
  return pieces;
}
