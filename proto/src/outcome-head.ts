// SPDX-License-Identifier: Apache-2.0
/**
 * Reads of an outcome's text what the fold needs of it, and leaves the rest as text: samples, facts
 * and console are most of it, and a controller that starts folds outcomes by the million. One
 * expression holds the whole text of an ordinary outcome to the schema of `log-entry.ts`; whatever
 * it does not know, the schema reads.
 */
import { ENVIRONMENTS } from './domain.js';
import type { LogEntry, TrialEnded } from './log-entry.js';
import { HYGIENE_MODES, PURPOSES } from './trial-settings.js';

/** An outcome of a trial that was measured, of which `wholeEntry` reads the rest. */
export interface OutcomeHead
  extends Pick<
    TrialEnded,
    | 'type'
    | 'sweep'
    | 'block'
    | 'trial'
    | 'kernel'
    | 'attempt'
    | 'host'
    | 'hostName'
    | 'environment'
    | 'purpose'
    | 'durationMs'
  > {
  readonly outcome: { readonly status: 'measured'; readonly failure?: undefined };
  /** All of it: what `parseLogEntry` reads. */
  readonly text: string;
}

/** An outcome as far as the fold needs it. */
export type FoldOutcome = TrialEnded | OutcomeHead;
/** An entry as far as the fold needs it. */
export type FoldEntry = LogEntry | OutcomeHead;

/** One for all: a log has millions of outcomes. */
const MEASURED = { status: 'measured' } as const;

const CHARACTERS = String.raw`[^"\\\u0000-\u001f]`;
/** No alternative begins as another one does, so a text that does not match is soon given up. */
const TEXT = String.raw`"${CHARACTERS}*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})${CHARACTERS}*)*"`;
/** The schema leaves this one out, or the object would get another prototype. */
const KEY = `(?!"__proto__")"${CHARACTERS}*"`;
/** With fewer digits than make it infinite. */
const NUMBER = String.raw`-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?(?:e[+-]\d{1,2})?`;
/** Exact in a double. */
const COUNT = String.raw`(?:0|[1-9]\d{0,14}|[1-8]\d{15})`;
const SHA256 = '"[0-9a-f]{64}"';
const NAME = `"(${CHARACTERS}+)"`;

const several = (item: string) => `(?:${item}(?:,${item})*)?`;
const record = (value: string) => String.raw`\{${several(`${KEY}:${value}`)}\}`;
const list = (item: string) => String.raw`\[${several(item)}\]`;
const object = (fields: readonly string[]) => String.raw`\{${fields.join(',')}\}`;

const TEXTS = record(TEXT);
const SAMPLE = object([
  `"scenario":${TEXT}`,
  '"line":"(?:round|result)"',
  `"values":${record(NUMBER)}`,
  `"texts":${TEXTS}`,
]);
const HYGIENE = object([
  `"mode":"(?:${HYGIENE_MODES.join('|')})"`,
  `"before":${TEXTS}`,
  `"after":${TEXTS}`,
  `"warnings":${list(TEXT)}`,
  `"disturbances":${list(TEXT)}`,
]);
const OUTCOME = object([
  '"status":"measured"',
  `"samples":${list(SAMPLE)}`,
  `"facts":${TEXTS}`,
  `"consoleTail":${TEXT}(?:,"hygiene":${HYGIENE})?`,
]);
const EVIDENCE = String.raw`\{${several(`(?:"(?:console|output|dump)":${SHA256}|"outputText":${TEXT})`)}\}`;

/** The fields in the order in which an agent writes them. */
const ORDINARY = new RegExp(
  `^${object([
    '"type":"trial-ended"',
    `"sweep":${NAME}`,
    `"block":${NAME}`,
    `"trial":${NAME}`,
    `"kernel":${NAME}`,
    String.raw`"attempt":([1-9]\d{0,14})(?:,"epoch":${COUNT})?`,
    `"host":${NAME}`,
    `"hostName":"(${CHARACTERS}*)"`,
    `"session":${TEXT}`,
    `"environment":"(${ENVIRONMENTS.join('|')})"`,
    `"purpose":"(${PURPOSES.join('|')})"`,
    `"startedAtMs":${COUNT}`,
    String.raw`"durationMs":(${COUNT}(?:\.\d{1,30})?)`,
    `"outcome":${OUTCOME}`,
    `"evidence":${EVIDENCE}`,
  ])}$`,
);

/** Undefined for what is no ordinary outcome of a measured trial, or no entry at all. */
export function outcomeHead(text: string): OutcomeHead | undefined {
  const match = ORDINARY.exec(text);
  if (match === null) return undefined;
  const [, sweep, block, trial, kernel, attempt, host, hostName, ...rest] = match;
  const [environment, purpose, durationMs] = rest;
  const head = {
    type: 'trial-ended',
    sweep,
    block,
    trial,
    kernel,
    attempt: Number(attempt),
    host,
    hostName,
    environment,
    purpose,
    durationMs: Number(durationMs),
    outcome: MEASURED,
    text,
  };
  return head as OutcomeHead;
}

/** All of an entry, read anew at each call for one that was read as far as the fold needs it. */
export function wholeEntry(entry: FoldOutcome): TrialEnded;
export function wholeEntry(entry: FoldEntry): LogEntry;
export function wholeEntry(entry: FoldEntry): LogEntry {
  // Its text was held to the schema, which would hand it back unchanged.
  return 'text' in entry ? (JSON.parse(entry.text) as TrialEnded) : entry;
}
