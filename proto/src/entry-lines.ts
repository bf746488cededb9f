// SPDX-License-Identifier: Apache-2.0
/**
 * The text of one message of the log: an entry a line. Mostly it is one line; outcomes of short
 * trials share a message, because a message costs the broker and all who follow the log as much as
 * the outcome in it.
 */
import { createHash } from 'node:crypto';
import { formatLogEntry } from './entry-text.js';
import { messageOf } from './errors.js';
import { type LogEntry, messageIdOf, parseLogEntry } from './log-entry.js';

export interface ReadEntries {
  /** In the order of their lines. */
  readonly entries: readonly LogEntry[];
  /** Of each line that could not be read as an entry: why. */
  readonly malformed: readonly string[];
}

/** What `readEntryLines` reads back. JSON writes a line break inside a text as an escape. */
export function formatEntryLines(entries: readonly LogEntry[]): string {
  return entries.map(formatLogEntry).join('\n');
}

/** Never throws: a line that cannot be read does not hide those beside it. */
export function readEntryLines(text: string): ReadEntries {
  if (!text.includes('\n')) {
    try {
      return { entries: [parseLogEntry(text)], malformed: [] };
    } catch (error) {
      return { entries: [], malformed: [messageOf(error)] };
    }
  }
  const read = text.split('\n').map(readEntryLines);
  return {
    entries: read.flatMap(({ entries }) => entries),
    malformed: read.flatMap(({ malformed }) => malformed),
  };
}

/**
 * Under which the broker knows a message with these entries: their own id for one alone. Several
 * have one that no other set of entries has, or the broker would drop one for the other.
 */
export function idOfEntries(entries: readonly LogEntry[]): string {
  const [first] = entries;
  if (first !== undefined && entries.length === 1) return messageIdOf(first);
  const ids = entries.map(messageIdOf).join('\n');
  return `together/${createHash('sha256').update(ids).digest('hex')}`;
}
