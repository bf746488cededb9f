// SPDX-License-Identifier: Apache-2.0
/**
 * The adapter for programs that nobody wants to change: a regular expression with named groups,
 * each match of which is a result. The pattern is a stranger's, and may take for ever.
 */
import { createContext, runInContext } from 'node:vm';
import type { Sample } from '@labsweep/proto';
import {
  type AdapterReading,
  describeLongLine,
  type ParsedLine,
  parseDecimal,
  quote,
  SAMPLES_MAX,
} from './parsed-line.js';

/**
 * For all lines together. A pattern such as `(a+)+$` doubles its time with each character, so a
 * limit on the length of a line alone would not bound it.
 */
const MATCH_MS_MAX = 1_000;

/** Every match on a line is a result; lines without one are the reproducer's own talk. */
export function readByPattern(lines: readonly string[], pattern: string): AdapterReading {
  const expression = compile(pattern);
  if (typeof expression === 'string') return { parsed: [], problem: expression };
  const long = describeLongLine(lines);
  if (long !== undefined) return { parsed: [], problem: long };
  const parsed: ParsedLine[] = [];
  let current = '';
  const search = () => {
    for (const line of lines) {
      current = line;
      for (const { groups } of line.matchAll(expression)) {
        parsed.push({ line, sample: sampleOf(groups ?? {}) });
        // One too many is enough to know, and the reader of all adapters says so.
        if (parsed.length > SAMPLES_MAX) return;
      }
    }
  };
  if (runWithLimit(search)) return { parsed };
  const problem =
    `the pattern '${pattern}' took longer than ${MATCH_MS_MAX} ms and gave up at ` +
    `${quote(current)}; write it without a repetition inside of a repetition`;
  return { parsed: [], problem };
}

function compile(pattern: string): RegExp | string {
  try {
    return new RegExp(pattern, 'g');
  } catch (error) {
    return `the pattern '${pattern}' is no regular expression: ${String(error)}`;
  }
}

/**
 * False when the time is over. Only node:vm can interrupt a regular expression on its own thread;
 * it is used for that clock and not as a sandbox.
 */
function runWithLimit(search: () => void): boolean {
  try {
    runInContext('search()', createContext({ search }), { timeout: MATCH_MS_MAX });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    return false;
  }
}

/** A group that took no part in the match is absent. */
function sampleOf(groups: Readonly<Record<string, string | undefined>>): Sample {
  const values: Record<string, number> = {};
  const texts: Record<string, string> = {};
  for (const [key, text] of Object.entries(groups)) {
    if (key === 'scenario' || text === undefined) continue;
    const number = parseDecimal(text);
    if (number === undefined) texts[key] = text;
    else values[key] = number;
  }
  return { scenario: groups.scenario ?? '', line: 'result', values, texts };
}
