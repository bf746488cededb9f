// SPDX-License-Identifier: Apache-2.0
/**
 * Writes plain values as TOML: the counterpart of reading it, for specs that a program makes. It
 * keeps values and their order, and no comments.
 */
import { strict as assert } from 'node:assert';
import { isTable } from './is-table.js';

type Table = Readonly<Record<string, unknown>>;

const BARE_KEY = /^[A-Za-z0-9_-]+$/;
/** JSON escapes as TOML does, but leaves DEL as it is. */
const quoted = (text: string) => JSON.stringify(text).replaceAll('\u007f', '\\u007f');
const keyText = (key: string) => (BARE_KEY.test(key) ? key : quoted(key));

/** `value` holds what TOML can hold: tables, arrays, texts, numbers and truth values. */
export function tomlText(value: Table): string {
  return tableLines(value, []).join('\n').trimStart().concat('\n');
}

/** Keys first: behind the header of a table every key would belong to that table. */
function tableLines(table: Table, path: readonly string[]): string[] {
  const entries = Object.entries(table).filter(([, value]) => value !== undefined);
  const isNested = (value: unknown) => isTable(value) || isListOfTables(value);
  const plain = entries.filter(([, value]) => !isNested(value));
  const nested = entries.filter(([, value]) => isNested(value));
  return [
    ...plain.map(([key, value]) => `${keyText(key)} = ${inlineText(value)}`),
    ...nested.flatMap(([key, value]) => nestedLines([...path, key], value)),
  ];
}

function nestedLines(path: readonly string[], value: unknown): string[] {
  const header = path.map(keyText).join('.');
  if (isTable(value)) return ['', `[${header}]`, ...tableLines(value, path)];
  return (value as readonly Table[]).flatMap((table) => {
    return ['', `[[${header}]]`, ...tableLines(table, path)];
  });
}

function isListOfTables(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isTable);
}

function inlineText(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return `[${value.map(inlineText).join(', ')}]`;
  assert(isTable(value), 'TOML holds tables, arrays, texts, numbers and truth values');
  const pairs = Object.entries(value as Table).map(
    ([key, each]) => `${keyText(key)} = ${inlineText(each)}`,
  );
  return `{ ${pairs.join(', ')} }`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  return Object.is(value, -0) ? '-0.0' : String(value);
}
