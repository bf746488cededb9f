// SPDX-License-Identifier: Apache-2.0
/** Writes log entries as text, each of them once for all who need it. */
import type { LogEntry } from './log-entry.js';

const COUNT_MAX = 512;
/** Of all texts together, in characters. */
const LENGTH_MAX = 512 * 1024;

const written = new Map<LogEntry, string>();
/**
 * The same in the order in which they were written, as a ring: the map would have to walk over all
 * that has left it to find its oldest.
 */
const order: LogEntry[] = [];
/** Numbers of the oldest that is kept, and of the next; its place is its rest by the size. */
let oldest = 0;
let next = 0;
let length = 0;

/**
 * The text that `parseLogEntry` reads back. Whoever measures an entry mostly writes it next, to the
 * disk and then to the broker, and others do the same meanwhile.
 */
export function formatLogEntry(entry: LogEntry): string {
  const known = written.get(entry);
  if (known !== undefined) return known;
  const text = JSON.stringify(entry);
  order[next % COUNT_MAX] = entry;
  next += 1;
  written.set(entry, text);
  length += text.length;
  while (next - oldest === COUNT_MAX || (length > LENGTH_MAX && next - oldest > 1)) forgetOldest();
  return text;
}

function forgetOldest(): void {
  const entry = order[oldest % COUNT_MAX];
  oldest += 1;
  if (entry === undefined) return;
  length -= written.get(entry)?.length ?? 0;
  written.delete(entry);
}
