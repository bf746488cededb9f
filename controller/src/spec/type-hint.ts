// SPDX-License-Identifier: Apache-2.0
/** Knows the usual slips with types in TOML, and what cures each. */
import { formatKey, formatKeyPath, type KeyPath } from './key-path.js';
import type { TomlValue } from './toml-value.js';

/** The cure for a value of the wrong type; undefined when it is none of the usual slips. */
export function typeHint({
  found,
  path,
  expected,
}: {
  found: TomlValue;
  path: KeyPath;
  /** In zod's words. */
  expected: string;
}): string | undefined {
  switch (expected) {
    case 'string':
      return hintString(found, path);
    case 'array':
      return hintArray(found, path);
    case 'object':
    case 'record':
      return hintTable(found, path);
    case 'number':
    case 'int':
      return hintNumber(found);
    case 'boolean':
      return hintBoolean(found);
    default:
      return undefined;
  }
}

function hintString({ value, isTable, text }: TomlValue, path: KeyPath): string | undefined {
  if (isTable && path[0] === 'kernels') return hintDot(path, value);
  return isTable || Array.isArray(value) ? undefined : `quote it: \`"${text}"\``;
}

/** An unquoted `v6.12 = ...` is for TOML a table `v6` with a key `12`. */
function hintDot(path: KeyPath, value: unknown): string {
  const [inner = ''] = Object.keys(value ?? {});
  const name = formatKey(`${path.at(-1)}.${inner}`);
  return `a dot makes a table of a name; quote it: \`${name} = ...\``;
}

function hintArray({ value, isTable, text }: TomlValue, path: KeyPath): string | undefined {
  if (!isTable) return Array.isArray(value) ? undefined : `put it in brackets: \`[${text}]\``;
  if (path.length > 1) return undefined;
  return `write \`[[${formatKeyPath(path)}]]\`, with two pairs of brackets`;
}

function hintTable({ value }: TomlValue, path: KeyPath): string | undefined {
  if (!Array.isArray(value) || path.some((step) => typeof step === 'number')) return undefined;
  return `write \`[${formatKeyPath(path)}]\`, with one pair of brackets`;
}

function hintNumber({ value }: TomlValue): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  return Number.isFinite(Number(value)) ? `take the quotes away: \`${value.trim()}\`` : undefined;
}

function hintBoolean({ value }: TomlValue): string | undefined {
  const text = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (text === 'true' || text === 'false') return `take the quotes away: \`${text}\``;
  if (text === 'yes' || text === 'on' || text === 1) return 'write `true`';
  return text === 'no' || text === 'off' || text === 0 ? 'write `false`' : undefined;
}
