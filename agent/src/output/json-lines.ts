// SPDX-License-Identifier: Apache-2.0
/**
 * The adapter for lines that each hold one JSON object. A key `line` or `type` says `result` or
 * `round`; an object without one is a result, and one of another type is the reproducer's own talk.
 */
import type { Sample } from '@labsweep/proto';
import { type AdapterReading, describeLongLine } from './parsed-line.js';

/** What lies deeper in an object is left out; no metric is buried as deep. */
const NESTING_MAX = 8;

type JsonObject = Readonly<Record<string, unknown>>;

/** Lines that are no JSON object are the reproducer's own talk and are passed over. */
export function readJsonLines(lines: readonly string[]): AdapterReading {
  const problem = describeLongLine(lines);
  if (problem !== undefined) return { parsed: [], problem };
  const parsed = lines.flatMap((line) => {
    const sample = parseLine(line);
    return sample === undefined ? [] : [{ line, sample }];
  });
  return { parsed };
}

function parseLine(line: string): Sample | undefined {
  const object = parseObject(line);
  const marked = object && markOf(object);
  if (object === undefined || marked === undefined) return undefined;
  const values: Record<string, number> = {};
  const texts: Record<string, string> = {};
  for (const [key, value] of leavesOf(object, [])) {
    if (key === 'scenario' || key === marked.key) continue;
    if (typeof value === 'number' && Number.isFinite(value)) values[key] = value;
    else texts[key] = String(value);
  }
  const scenario = object.scenario === undefined ? '' : String(object.scenario);
  return { scenario, line: marked.line, values, texts };
}

function parseObject(line: string): JsonObject | undefined {
  if (!line.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as JsonObject;
  } catch {
    return undefined;
  }
}

/** Which key says what the line is; a number under `line` is a value like any other. */
function markOf(object: JsonObject): { line: Sample['line']; key?: string } | undefined {
  const key = ['line', 'type'].find((name) => typeof object[name] === 'string');
  if (key === undefined) return { line: 'result' };
  const word = object[key];
  return word === 'result' || word === 'round' ? { line: word, key } : undefined;
}

/** Nested objects and arrays as keys with dots: `latency.p99`, `phases.0.ns`. */
function leavesOf(value: unknown, path: readonly string[]): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path.join('.'), value]];
  if (path.length >= NESTING_MAX) return [];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}
