// SPDX-License-Identifier: Apache-2.0
/** Breaks text into lines of a given width. It cuts only words that are too long for any line. */

/** The first line starts with `start`; the others are indented by as much. */
export function wrapWords({
  start,
  words,
  width,
}: {
  start: string;
  words: readonly string[];
  width: number;
}): readonly string[] {
  const room = width - start.length;
  const lines: string[] = [];
  let line = '';
  for (const word of words.flatMap((each) => cutWord(each, room))) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((each, index) => {
    return `${index === 0 ? start : ' '.repeat(start.length)}${each}`.trimEnd();
  });
}

function cutWord(word: string, room: number): readonly string[] {
  const pieces = Math.max(1, Math.ceil(word.length / room));
  return Array.from({ length: pieces }, (_, index) => word.slice(index * room, (index + 1) * room));
}
