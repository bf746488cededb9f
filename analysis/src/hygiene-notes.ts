// SPDX-License-Identifier: Apache-2.0
/**
 * The note on what agents warned of around the trials that count. Trials that were disturbed have
 * failed and stand among the failures.
 */
import { timingHistories } from './block-history.js';
import type { SweepRecord } from './sweep-record.js';

/** Beyond so many kinds of warning a note says less with each; all are in the raw results. */
const KINDS_MAX = 6;

/** Warnings that differ in their numbers only are one kind, told by its first text. */
export function hygieneNotes(record: SweepRecord): string[] {
  const records = timingHistories(record)
    .flatMap((block) => block.counted)
    .map(({ outcome }) => outcome.hygiene)
    .filter((hygiene) => hygiene !== undefined);
  const kinds = new Map<string, { readonly first: string; trials: number }>();
  for (const { warnings } of records) {
    const texts = new Map<string, string>();
    for (const text of warnings.toReversed()) {
      texts.set(text.replaceAll(/\d+(?:\.\d+)?/g, '#'), text);
    }
    for (const [kind, text] of texts) {
      const known = kinds.get(kind) ?? { first: text, trials: 0 };
      known.trials += 1;
      kinds.set(kind, known);
    }
  }
  if (kinds.size === 0) return [];
  const all = [...kinds.values()].toSorted((a, b) => b.trials - a.trials);
  const shown = all.slice(0, KINDS_MAX).map(({ first, trials }) => `${first} (${trials})`);
  const rest = all.length - shown.length;
  const warned = records.filter(({ warnings }) => warnings.length > 0).length;
  return [
    `Host hygiene (${[...new Set(records.map(({ mode }) => mode))].join(', ')}): ${warned} of ` +
      `${records.length} trials with warnings: ${shown.join('; ')}` +
      `${rest === 0 ? '' : `; and ${rest} more kinds`}.`,
  ];
}
