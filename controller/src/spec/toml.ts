// SPDX-License-Identifier: Apache-2.0
/**
 * Reads TOML and remembers where each key and value stands. The one door of toml-eslint-parser; it
 * knows nothing of specs.
 */
import { type AST, getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';
import type { KeyPath } from './key-path.js';

/** Line and column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where one value of the file stands. */
export interface Place {
  readonly key: Position;
  /** For a table with a header, its opening bracket. */
  readonly value: Position;
  /** The value as the file writes it; for a table with a header, the header's line. */
  readonly text: string;
}

export interface TomlDocument {
  /** Plain objects, arrays and scalars. */
  readonly value: unknown;
  /** The table that a key at the end of the file would go into. */
  readonly lastTable: KeyPath;
  /** The place of a value; undefined when there is none at this path. */
  place(path: KeyPath): Place | undefined;
}

export interface TomlError extends Position {
  readonly message: string;
}

/** Deeper places are not kept: no key of ours nests as deep, so the mistake is told further up. */
const PLACE_DEPTH_MAX = 8;

export type TomlResult =
  | { readonly ok: true; readonly document: TomlDocument }
  | { readonly ok: false; readonly error: TomlError };

/** The parser stops at the first mistake in the syntax, so there is never more than one. */
export function readToml(text: string): TomlResult {
  try {
    return { ok: true, document: readDocument(text) };
  } catch (thrown) {
    return { ok: false, error: describeThrown(thrown) };
  }
}

function readDocument(text: string): TomlDocument {
  const program = parseTOML(text, { tomlVersion: '1.0' });
  const places = new Map<string, Place>();
  const [top] = program.body;
  let lastTable: KeyPath = [];
  for (const node of top.body) {
    if (node.type === 'TOMLKeyValue') placeKeyValue({ text, places }, [], node);
    else {
      placeTable({ text, places }, node);
      lastTable = node.resolvedKey;
    }
  }
  return {
    value: getStaticTOMLValue(program),
    lastTable,
    place: (path) => places.get(JSON.stringify(path)),
  };
}

/** What the functions below write down, and what they read it from. */
interface Atlas {
  readonly text: string;
  readonly places: Map<string, Place>;
}

function placeTable(atlas: Atlas, table: AST.TOMLTable): void {
  table.key.keys.forEach(readKey);
  placeKeys(atlas, { path: table.resolvedKey, keys: table.key.keys, value: table });
  for (const pair of table.body) placeKeyValue(atlas, table.resolvedKey, pair);
}

function placeKeyValue(atlas: Atlas, parent: KeyPath, pair: AST.TOMLKeyValue): void {
  const path = [...parent, ...pair.key.keys.map(readKey)];
  placeKeys(atlas, { path, keys: pair.key.keys, value: pair.value });
  placeContent(atlas, path, pair.value);
}

function placeContent(atlas: Atlas, path: KeyPath, node: AST.TOMLContentNode): void {
  if (node.type === 'TOMLInlineTable') {
    for (const pair of node.body) placeKeyValue(atlas, path, pair);
  }
  if (node.type !== 'TOMLArray') return;
  node.elements.forEach((element, index) => {
    const elementPath = [...path, index];
    put(atlas, elementPath, { key: element, value: element });
    placeContent(atlas, elementPath, element);
  });
}

/**
 * Gives a place to the value at the end of the path, and to each table on the way that has none
 * yet: `[workload.metrics]` alone makes `workload` too.
 */
function placeKeys(
  atlas: Atlas,
  named: { path: KeyPath; keys: AST.TOMLKey['keys']; value: AST.TOMLNode },
): void {
  const { path, keys, value } = named;
  const names = path.filter((step) => typeof step === 'string').length;
  let keyIndex = keys.length - names - 1;
  for (const [depth, step] of path.slice(0, PLACE_DEPTH_MAX).entries()) {
    if (typeof step === 'string') keyIndex += 1;
    const key = keys[keyIndex];
    if (key === undefined) continue;
    const isTarget = depth === path.length - 1;
    put(atlas, path.slice(0, depth + 1), { key, value, isTarget });
  }
}

function put(
  atlas: Atlas,
  path: KeyPath,
  nodes: { key: AST.TOMLNode; value: AST.TOMLNode; isTarget?: boolean },
): void {
  if (path.length > PLACE_DEPTH_MAX) return;
  const name = JSON.stringify(path);
  if (atlas.places.has(name) && nodes.isTarget === false) return;
  const { key, value } = nodes;
  const text = atlas.text.slice(...value.range).split(/\r?\n/, 1)[0] ?? '';
  atlas.places.set(name, { key: startOf(key), value: startOf(value), text });
}

/** JavaScript would take `__proto__` for the parent of the table and lose it, so it is refused. */
function readKey(key: AST.TOMLBare | AST.TOMLQuoted): string {
  const name = key.type === 'TOMLBare' ? key.name : key.value;
  if (name === '__proto__') throw new ReservedKeyError(startOf(key));
  return name;
}

class ReservedKeyError extends Error {
  constructor(readonly position: Position) {
    super('The key `__proto__` is reserved');
  }
}

function startOf(node: AST.TOMLNode): Position {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}

function describeThrown(thrown: unknown): TomlError {
  if (thrown instanceof ParseError) {
    return { message: thrown.message, line: thrown.lineNumber, column: thrown.column + 1 };
  }
  if (thrown instanceof ReservedKeyError) return { message: thrown.message, ...thrown.position };
  // The parser recurses once for each bracket, so a hostile file can only exhaust its stack.
  if (thrown instanceof RangeError) return { message: 'Nested too deeply', line: 1, column: 1 };
  throw thrown;
}
