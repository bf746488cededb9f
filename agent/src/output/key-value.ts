// SPDX-License-Identifier: Apache-2.0
/** The adapter for lines of `round` or `result` and then `key=value`. */
import type { Sample } from '@labsweep/proto';
import { type AdapterReading, parseDecimal } from './parsed-line.js';

/** Lines of another shape are the reproducer's own talk and are passed over. */
export function readKeyValue(lines: readonly string[]): AdapterReading {
  const parsed = lines.flatMap((line) => {
    const sample = parseLine(line);
    return sample === undefined ? [] : [{ line, sample }];
  });
  return { parsed };
}

function parseLine(line: string): Sample | undefined {
  const [word, ...pairs] = line.trim().split(/\s+/);
  if (word !== 'round' && word !== 'result') return undefined;
  const values: Record<string, number> = {};
  const texts: Record<string, string> = {};
  let scenario = '';
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals <= 0) return undefined;
    const key = pair.slice(0, equals);
    const value = pair.slice(equals + 1);
    const number = parseDecimal(value);
    if (key === 'scenario') scenario = value;
    else if (number !== undefined) values[key] = number;
    else texts[key] = value;
  }
  return { scenario, line: word, values, texts };
}
