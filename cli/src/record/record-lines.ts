// SPDX-License-Identifier: Apache-2.0
/**
 * A sweep's log as lines of JSON, which can be read without this program: a head, then one entry a
 * line. It knows nothing of files.
 */
import {
  type BlockId,
  formatLogEntry,
  type HostId,
  type LogEntry,
  messageOf,
  parseLogEntry,
  type RowId,
  type SweepId,
  UsageError,
} from '@labsweep/proto';
import { z } from 'zod';
import type { SweepLog } from './sweep-log.js';

/** Goes up when a field changes its meaning; new fields do not count. */
export const RECORD_SCHEMA = 'labsweep-record/1';

const text = <Name extends string>() =>
  z
    .string()
    .min(1)
    .transform((value) => value as Name);

const head = z.object({
  schema: z.literal(RECORD_SCHEMA),
  sweep: text<SweepId>(),
  state: z.enum(['running', 'finished', 'cancelled', 'interrupted']),
  waiting: z.array(z.object({ row: text<RowId>(), reason: z.string() })),
  decisions: z.array(
    z.object({
      block: text<BlockId>(),
      attempt: z.number().int().positive(),
      host: text<HostId>(),
      complete: z.boolean(),
    }),
  ),
  /** So many lines follow: a record that was cut off is known by it. */
  entries: z.number().int().nonnegative(),
});

/** Each ends with a newline. */
export function* formatRecord({ entries, ...log }: SweepLog): Generator<string> {
  const { sweep, state, waiting, decisions } = log;
  const first = { schema: RECORD_SCHEMA, sweep, state, waiting, decisions };
  yield `${JSON.stringify({ ...first, entries: entries.length })}\n`;
  for (const entry of entries) yield `${formatLogEntry(entry)}\n`;
}

/** Throws UsageError with the place, as `path:line: what is wrong`. */
export async function parseRecord(path: string, lines: AsyncIterable<string>): Promise<SweepLog> {
  let log: Omit<SweepLog, 'entries'> | undefined;
  let expected = 0;
  const entries: LogEntry[] = [];
  for await (const line of lines) {
    const where = `${path}:${log === undefined ? 1 : entries.length + 2}`;
    if (log === undefined) {
      const { schema: _, entries: count, ...rest } = parseHead(where, line);
      log = rest;
      expected = count;
    } else entries.push(parseEntry(where, line));
  }
  if (log === undefined) throw new UsageError(`${path}:1: the record is empty`);
  if (entries.length !== expected) {
    throw new UsageError(
      `${path}: the record is cut off: ${entries.length} of ${expected} entries; copy it again`,
    );
  }
  return { ...log, entries };
}

function parseHead(where: string, line: string): z.infer<typeof head> {
  const value = parsed(where, line);
  const { schema } = (value ?? {}) as { readonly schema?: unknown };
  if (schema !== RECORD_SCHEMA) {
    throw new UsageError(
      `${where}: the schema is ${JSON.stringify(schema)}; this labsweep reads ${RECORD_SCHEMA}`,
    );
  }
  const result = head.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new UsageError(`${where}: ${issue?.path.join('.')}: ${issue?.message}`);
}

function parseEntry(where: string, line: string): LogEntry {
  try {
    return parseLogEntry(line);
  } catch (error) {
    throw new UsageError(`${where}: ${messageOf(error)}`, { cause: error });
  }
}

function parsed(where: string, line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new UsageError(`${where}: this is no record of a sweep: ${messageOf(error)}`);
  }
}
