// SPDX-License-Identifier: Apache-2.0
/**
 * The text of one message of the log: an entry a line. Mostly it is one line; outcomes of short
 * trials share a message, because a message costs the broker and all who follow the log as much as
 * the outcome in it.
 */
import { createHash } from 'node:crypto';
import { formatLogEntry } from './entry-text.js';
import { messageOf } from './errors.js';
import { type LogEntry, messageIdOf, parseFoldEntry, parseLogEntry } from './log-entry.js';
import type { FoldEntry } from './outcome-head.js';

export interface ReadEntries<Entry = LogEntry> {
  /** In the order of their lines. */
  readonly entries: readonly Entry[];
  /** Of each line that could not be read as an entry: why. */
  readonly malformed: readonly string[];
}

/** An entry as text, with the id of its message. */
export interface EntryText {
  readonly id: string;
  readonly text: string;
}

export function entryTextOf(entry: LogEntry): EntryText {
  return { id: messageIdOf(entry), text: formatLogEntry(entry) };
}

/** What `readEntryLines` reads back. JSON writes a line break inside a text as an escape. */
export function entryLinesOf(entries: readonly EntryText[]): string {
  return entries.map(({ text }) => text).join('\n');
}

/** One for all: a log has millions of messages without any. */
const NONE: readonly string[] = [];

/** Never throws: a line that cannot be read does not hide those beside it. */
export function readEntryLines(text: string): ReadEntries {
  return readLines(text, parseLogEntry);
}

/** As `readEntryLines`, as far as the fold needs the entries. */
export function readFoldEntryLines(text: string): ReadEntries<FoldEntry> {
  return readLines(text, parseFoldEntry);
}

function readLines<Entry>(text: string, parse: (line: string) => Entry): ReadEntries<Entry> {
  if (!text.includes('\n')) {
    try {
      return { entries: [parse(text)], malformed: NONE };
    } catch (error) {
      return { entries: [], malformed: [messageOf(error)] };
    }
  }
  const read = text.split('\n').map((line) => readLines(line, parse));
  return {
    entries: read.flatMap(({ entries }) => entries),
    malformed: read.flatMap(({ malformed }) => malformed),
  };
}

/**
 * Under which the broker knows a message with these entries: their own id for one alone. Several
 * have one that no other set of entries has, or the broker would drop one for the other.
 */
export function idOfEntries(entries: readonly EntryText[]): string {
  const [first] = entries;
  if (first !== undefined && entries.length === 1) return first.id;
  const ids = entries.map(({ id }) => id).join('\n');
  return `together/${createHash('sha256').update(ids).digest('hex')}`;
}
