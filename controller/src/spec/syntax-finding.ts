// SPDX-License-Identifier: Apache-2.0
/** Words a mistake in the TOML itself. It knows the parser's messages only to add what to try. */
import type { KeyPath } from './key-path.js';
import { type Position, readToml, type TomlError } from './toml.js';

export interface SyntaxFinding extends Position {
  readonly what: string;
  readonly hint: string;
}

/** A comment may follow; an equals sign inside of one does not matter where this is asked. */
const ENDS_WITHOUT_VALUE = /^[^#]*=\s*(#.*)?$/;
const MISSING_VALUE = 'Unspecified values are invalid';
const DUPLICATE = 'Defining a key multiple times is invalid';

/** The parser's message, in lower case, with what to try. */
const ADVICE: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  [MISSING_VALUE]: ['no value after `=`', 'write one, text in quotes'],
  'Expected equal (=) token': ['no `=` after the key', 'write `key = value`'],
  'Unterminated string constant': ['the string has no end', 'close it with a quote on this line'],
  'Unterminated array': ['the array has no end', 'close it with `]`'],
  'Unterminated table-key': ['the table header has no end', 'close it with `]`'],
  'Unterminated inline table': ['the inline table has no end', 'close it with `}` on this line'],
  'Expected comma (,) token': ['no comma between two values', 'write `,`, or close the bracket'],
  'Must be a newline': ['something follows the value', 'put it on a line of its own, or in quotes'],
  'Unexpected character': ['unexpected character', 'put text in quotes; close open brackets'],
  'Unexpected token': ['unexpected character', 'write `key = value`'],
  'The key `__proto__` is reserved': ['the key `__proto__` is reserved', 'take another name'],
  'Nested too deeply': ['nested too deeply', 'no value of a spec has more than four brackets'],
};

const FALLBACK_HINT = 'https://toml.io/en/v1.0.0 has the rules';

export function describeSyntaxError(text: string, error: TomlError): SyntaxFinding {
  const lines = text.split(/\r?\n/);
  if (error.message === DUPLICATE) return describeDuplicate(lines, error);
  const late = findLateError(lines, error);
  const { message, line, column } = late ?? error;
  const lowered = message.charAt(0).toLowerCase() + message.slice(1);
  const [what, hint] = ADVICE[message] ?? [lowered, FALLBACK_HINT];
  return { line, column, what, hint };
}

/** What has no end is noticed on a later line: this gives the end of the line where it belongs. */
function findLateError(lines: readonly string[], error: TomlError): TomlError | undefined {
  if (error.column > 1) return undefined;
  const index = lines.slice(0, error.line - 1).findLastIndex((line) => line.trim() !== '');
  const before = lines[index] ?? '';
  const message = ENDS_WITHOUT_VALUE.test(before) ? MISSING_VALUE : error.message;
  if (message !== MISSING_VALUE && !message.startsWith('Unterminated')) return undefined;
  return { message, line: index + 1, column: before.length + 1 };
}

function describeDuplicate(lines: readonly string[], { line, column }: TomlError): SyntaxFinding {
  const first = findFirstDefinition(lines, line);
  const what = first === undefined ? 'given twice' : `given twice, first on line ${first}`;
  const isHeader = lines[line - 1]?.trimStart().startsWith('[') === true;
  const hint = isHeader ? 'keep one; only `[[tables]]` may repeat' : 'keep one of the two';
  return { line, column, what, hint };
}

/**
 * The line that gave the key of this line before. Both halves are read by themselves, which works
 * for headers and for keys at the start of a line; for others the answer is undefined.
 */
function findFirstDefinition(lines: readonly string[], line: number): number | undefined {
  const before = readToml(lines.slice(0, line - 1).join('\n'));
  const statement = readToml(lines[line - 1] ?? '');
  if (!before.ok || !statement.ok) return undefined;
  const isHeader = statement.document.lastTable.length > 0;
  const parent = isHeader ? [] : before.document.lastTable;
  const path: KeyPath = [...parent, ...pathOf(statement.document.value)];
  for (let depth = path.length; depth > 0; depth -= 1) {
    const place = before.document.place(path.slice(0, depth));
    if (place !== undefined) return place.key.line;
  }
  return undefined;
}

/** The path of the first key in a value, as deep as tables go. */
function pathOf(value: unknown): KeyPath {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const [first] = Object.entries(value);
  return first === undefined ? [] : [first[0], ...pathOf(first[1])];
}
