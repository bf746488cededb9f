// SPDX-License-Identifier: Apache-2.0
/**
 * PURE. Keeps outcomes below what the broker takes as one message (1 MiB by default): one beyond it
 * would be refused for ever. A program that prints so many result lines has its trial failed, with
 * all that it printed kept as an artifact; a sample that was cut silently would be a wrong one.
 */
import { formatLogEntry, type TrialEnded } from '@labsweep/proto';

/** Of the text of an entry, in bytes; the rest of the message is for its headers. */
export const OUTCOME_BYTES_MAX = 768 * 1024;
/** What a cut outcome keeps of its longest texts, in characters. */
const TEXT_KEPT = 4_096;
/** Of facts, which are one short line each; and of their names and texts, in characters. */
const FACTS_KEPT = 200;
const FACT_KEPT = 256;

/** Of a UTF-16 unit: most texts are so short that nobody needs to count. */
const UTF8_BYTES_MAX = 3;

const encoder = new TextEncoder();

/** The entry itself where it fits, else one that says why the trial does not count. */
export function fitOutcome(entry: TrialEnded): TrialEnded {
  const text = formatLogEntry(entry);
  if (text.length * UTF8_BYTES_MAX <= OUTCOME_BYTES_MAX) return entry;
  const bytes = encoder.encode(text).length;
  return bytes <= OUTCOME_BYTES_MAX ? entry : shrinkOutcome(entry, bytes);
}

/** A few kilobytes, whatever the entry held. */
export function shrinkOutcome(entry: TrialEnded, bytes = sizeOf(entry)): TrialEnded {
  const { outcome } = entry;
  const kib = Math.ceil(bytes / 1024);
  const said =
    `the outcome has ${kib} KiB with ${outcome.samples.length} result lines, and ` +
    `${OUTCOME_BYTES_MAX / 1024} KiB fit into the log; print fewer lines, or shorter ones`;
  const failure =
    outcome.failure === undefined
      ? { class: 'garbage-output' as const, message: said }
      : { ...outcome.failure, message: cut(`${outcome.failure.message} (${said})`) };
  const status = outcome.status === 'measured' ? 'subject-failed' : outcome.status;
  const facts = Object.entries(outcome.facts).slice(0, FACTS_KEPT);
  return {
    ...entry,
    outcome: {
      status,
      failure,
      samples: [],
      facts: Object.fromEntries(
        facts.map(([name, text]) => [name.slice(0, FACT_KEPT), text.slice(0, FACT_KEPT)]),
      ),
      consoleTail: outcome.consoleTail.slice(-TEXT_KEPT),
    },
  };
}

/** True for what a client says of a message that is larger than its server takes. */
export function isTooLarge(error: unknown): boolean {
  const { code, api_error: api } = error as {
    code?: unknown;
    api_error?: { err_code?: number };
  };
  return code === 'MAX_PAYLOAD_EXCEEDED' || api?.err_code === MESSAGE_TOO_LARGE;
}

/** Of JetStream: the limit of the stream. */
const MESSAGE_TOO_LARGE = 10_054;

const sizeOf = (entry: TrialEnded) => encoder.encode(formatLogEntry(entry)).length;

const cut = (text: string) =>
  text.length <= TEXT_KEPT ? text : `${text.slice(0, TEXT_KEPT)} (cut)`;
