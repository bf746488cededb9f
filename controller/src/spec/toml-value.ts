// SPDX-License-Identifier: Apache-2.0
/** Looks at one value of a TOML file, whatever its type. It judges nothing. */
import { isTable } from './is-table.js';
import type { KeyPath } from './key-path.js';
import type { TomlDocument } from './toml.js';

export interface TomlValue {
  /** Undefined when there is nothing at the path. */
  readonly value: unknown;
  readonly isTable: boolean;
  /** As the file writes it; empty when there is nothing. */
  readonly text: string;
}

export function valueAt(document: TomlDocument, path: KeyPath): TomlValue {
  let value = document.value;
  for (const step of path) {
    const parent = value;
    value = undefined;
    if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, step)) break;
    value = (parent as Record<string | number, unknown>)[step];
  }
  return { value, isTable: isTable(value), text: document.place(path)?.text ?? '' };
}
