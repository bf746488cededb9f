// SPDX-License-Identifier: Apache-2.0
/** Words what is wrong with single values: unknown and missing keys, wrong types, bad ranges. */
import type { Finding } from './finding.js';
import type { KeyPath } from './key-path.js';
import { adviseAt, type ShapeIssue } from './schema.js';
import { suggestName } from './suggestion.js';
import type { TomlDocument } from './toml.js';
import { type TomlValue, valueAt } from './toml-value.js';
import { typeHint } from './type-hint.js';

/** A longer value would hide the message; the source line below shows it whole. */
const GOT_LENGTH_MAX = 40;

const MOVE_UP = 'move it to the top of the file, above the first `[`';

const A_TABLE = 'a table';

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  array: 'an array',
  object: A_TABLE,
  record: A_TABLE,
};

/** At most one finding for a value: a second complaint about it would only be noise. */
export function findShapeProblems(
  document: TomlDocument,
  issues: readonly ShapeIssue[],
): readonly Finding[] {
  const findings = issues.flatMap((issue) => wordIssue(document, issue));
  const byPath = new Map(findings.map((each) => [JSON.stringify(each.where ?? each.path), each]));
  return [...byPath.values()];
}

function wordIssue(document: TomlDocument, issue: ShapeIssue): readonly Finding[] {
  const path = issue.path as KeyPath;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => wordUnknownKey(path, key));
  }
  if (issue.code === 'invalid_key') {
    const what = `${issue.issues[0]?.message ?? 'bad name'}, got ${JSON.stringify(path.at(-1))}`;
    return [{ path, at: 'key', what, hint: 'give it another name' }];
  }
  if (valueAt(document, path).value === undefined) return [wordMissing(path)];
  if (issue.code === 'invalid_union') return wordUnion(document, issue);
  return [wordBadValue(document, issue)];
}

function wordUnknownKey(table: KeyPath, key: string): Finding {
  const path = [...table, key];
  const hint = isOfTheTop(path) ? MOVE_UP : suggestName(key, adviseAt(table).knownKeys);
  return { path, at: 'key', what: 'unknown key', hint };
}

/** TOML gives a key to the last header above it, which is easily forgotten. */
function isOfTheTop(path: KeyPath): boolean {
  const key = path.at(-1);
  return path.length > 1 && typeof key === 'string' && adviseAt([]).knownKeys.includes(key);
}

function wordMissing(path: KeyPath): Finding {
  const hint = `add \`${adviseAt(path).example}\``;
  return { path: path.slice(0, -1), at: 'value', where: path, what: 'missing', hint };
}

/** A value that may have one of two types: the type that it has decides which complaint is told. */
function wordUnion(
  document: TomlDocument,
  issue: ShapeIssue & { code: 'invalid_union' },
): readonly Finding[] {
  const path = issue.path as KeyPath;
  const isWrongType = (each: ShapeIssue) => each.path.length === 0 && each.code === 'invalid_type';
  const branch = issue.errors.find((issues) => !issues.some(isWrongType));
  if (branch !== undefined) {
    return branch.flatMap((each) =>
      wordIssue(document, { ...each, path: [...path, ...each.path] }),
    );
  }
  const types = issue.errors.flat().map((each) => ('expected' in each ? each.expected : ''));
  const expected = types.map((type) => TYPE_WORDS[type] ?? type).join(' or ');
  const what = `expected ${expected}, got ${quoteValue(valueAt(document, path))}`;
  return [{ path, at: 'value', what, hint: hintExample(path) }];
}

function wordBadValue(document: TomlDocument, issue: ShapeIssue): Finding {
  const path = issue.path as KeyPath;
  const found = valueAt(document, path);
  const got = quoteValue(found);
  // Where users make up the keys, one that ended up there by its place looks like a bad entry.
  const isStray = isOfTheTop(path) && adviseAt(path.slice(0, -1)).knownKeys.length === 0;
  const word = (what: string, hint: string): Finding => ({
    path,
    at: 'value',
    what,
    hint: isStray ? MOVE_UP : hint,
  });
  switch (issue.code) {
    case 'custom': {
      const hint: unknown = issue.params?.hint;
      return word(issue.message, typeof hint === 'string' ? hint : hintExample(path));
    }
    case 'invalid_type': {
      const expected = TYPE_WORDS[issue.expected] ?? issue.expected;
      const hint = typeHint({ found, path, expected: issue.expected }) ?? hintExample(path);
      // A table where none belongs comes of how its key is written.
      const at = found.isTable ? 'key' : 'value';
      return { ...word(`expected ${expected}, got ${got}`, hint), at };
    }
    case 'invalid_value': {
      const known = issue.values.map(String);
      const hint = suggestName(String(found.value), known);
      return word(`expected one of ${known.join(', ')}, got ${got}`, hint);
    }
    default:
      return word(`${issue.message}, got ${got}`, hintExample(path));
  }
}

function hintExample(path: KeyPath): string {
  return `for example \`${adviseAt(path).example}\``;
}

function quoteValue({ isTable, text }: TomlValue): string {
  if (isTable) return A_TABLE;
  return text.length > GOT_LENGTH_MAX ? `${text.slice(0, GOT_LENGTH_MAX)}...` : text;
}
