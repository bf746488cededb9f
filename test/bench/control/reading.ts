// SPDX-License-Identifier: Apache-2.0
/**
 * What it takes to read an outcome from the log: its head, as the fold does, and all of it by the
 * schema, in turns.
 */
import { formatLogEntry, parseFoldEntry, readLogEntry, type TrialEnded } from '@labsweep/proto';
import type { Figure } from './figure.js';
import { oneOutcome } from './million.js';

const TURNS = 7;
const TURN_BYTES = 20_000_000;
/** As much as a guest leaves of its console, and what it says of itself. */
const CONSOLE = '[    1.130252] audit: type=2000 state=initialized audit_enabled=0 res=1\n'.repeat(
  170,
);
const FACTS = Object.fromEntries(
  Array.from({ length: 60 }, (_, number) => [`fact_of_a_guest_${number}`, 'Not affected, or so']),
);

export function measureReading(): Figure[] {
  const short = oneOutcome();
  const outcome = { ...short.outcome, facts: FACTS, consoleTail: CONSOLE };
  return [...compare('scripted', short), ...compare('of a guest', { ...short, outcome })];
}

function compare(name: string, entry: TrialEnded): Figure[] {
  // From bytes to text each time, as from the broker: the same text again would be half read.
  const bytes = Buffer.from(formatLogEntry(entry));
  const turns = Math.ceil(TURN_BYTES / bytes.length);
  const [heads, wholes]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < TURNS; turn += 1) {
    heads.push(usEach(turns, () => parseFoldEntry(bytes.toString())));
    wholes.push(usEach(turns, () => readLogEntry(JSON.parse(bytes.toString()))));
  }
  const [head, whole] = [median(heads), median(wholes)];
  const longer = `all of it by the schema ${whole.toFixed(1)} us, ${(whole / head).toFixed(1)} times as long`;
  return [
    {
      name: `read an outcome, ${name}`,
      measured: head,
      unit: 'us',
      note: `${bytes.length} bytes; ${longer}`,
    },
  ];
}

function usEach(turns: number, read: () => unknown): number {
  const startMs = performance.now();
  for (let turn = 0; turn < turns; turn += 1) read();
  return ((performance.now() - startMs) * 1_000) / turns;
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
