// SPDX-License-Identifier: Apache-2.0
/** Writes log entries as text, each of them once for all who need it. */
import type { LogEntry } from './log-entry.js';

/** Newest last, and all together not longer than this in characters. */
const written = new Map<LogEntry, string>();
const WRITTEN_LENGTH_MAX = 512 * 1024;
let writtenLength = 0;

/**
 * The text that `parseLogEntry` reads back. Whoever measures an entry mostly writes it next, to the
 * disk and then to the broker, and others do the same meanwhile.
 */
export function formatLogEntry(entry: LogEntry): string {
  const known = written.get(entry);
  if (known !== undefined) return known;
  const text = JSON.stringify(entry);
  written.set(entry, text);
  writtenLength += text.length;
  for (const [oldest, { length }] of written) {
    if (writtenLength <= WRITTEN_LENGTH_MAX || oldest === entry) break;
    written.delete(oldest);
    writtenLength -= length;
  }
  return text;
}
