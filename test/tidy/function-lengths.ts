// SPDX-License-Identifier: Apache-2.0
/**
 * How long each function of a formatted file is. It leans on the formatter: the end has the
 * indentation of the start.
 */
import type { SourceFile } from './source-file.js';

export interface FunctionLength {
  /** Line of the first word, from 1. */
  readonly line: number;
  readonly length: number;
}

const TYPESCRIPT_START =
  /^\s*(export )?(default )?(async )?function\b|=> \{$|^\s+(private |static |async |get |override |\*)*[#\w]+(<.*>)?\((.*\{)?$/;
const TYPESCRIPT_OTHER =
  /^\s*(if|for|while|switch|catch|else|return|describe|test|it|await|void|throw)\b|^\s*\} /;
/** A definition in column one, its brace on the same line or on a line of its own. */
const C_START = /^[A-Za-z_][\w\s*]*\([^;]*$/;

export function functionLengths(file: SourceFile): FunctionLength[] {
  const isC = /\.[ch]$/.test(file.path);
  return file.lines.flatMap((text, index) => {
    const starts = isC
      ? C_START.test(text)
      : TYPESCRIPT_START.test(text) && !TYPESCRIPT_OTHER.test(text);
    if (!starts) return [];
    const indentation = /^\s*/.exec(text)?.[0] ?? '';
    const ends = (line: string) => line.startsWith(`${indentation}}`);
    const after = file.lines.slice(index + 1);
    // What closes its parentheses without opening a brace is a call over several lines.
    const close = after.find((line) => line.startsWith(`${indentation})`));
    if (!isC && text.endsWith('(') && close !== undefined && !close.endsWith('{')) return [];
    // A signature over several lines closes its parentheses in the column of its start.
    const end = after.findIndex((line) => ends(line) && !/\{$/.test(line));
    return end < 0 ? [] : [{ line: index + 1, length: end + 2 }];
  });
}
