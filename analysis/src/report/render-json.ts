// SPDX-License-Identifier: Apache-2.0
/**
 * results.json: the report as data and, always, the raw series it was made from, so that every
 * number can be recomputed. Consoles stay in the artifacts; they are large and hold no numbers.
 */
import type { Report } from '../report-model.js';
import type { SweepRecord } from '../sweep-record.js';

/** Goes up when a field changes its meaning; new fields do not count. */
export const RESULTS_SCHEMA = 'labsweep-results/2';

/** Indented, and ends with a newline. */
export function renderJson(record: SweepRecord, report: Report): string {
  const results = {
    schema: RESULTS_SCHEMA,
    report,
    submitted: record.submitted,
    spec: record.spec,
    plan: record.plan,
    commands: record.commands ?? [],
    hosts: record.hosts,
    decisions: [...record.decisions].map(([block, decision]) => ({ block, ...decision })),
    trials: record.entries.map(({ outcome, ...trial }) => {
      const { consoleTail: _, ...kept } = outcome;
      return { ...trial, outcome: kept };
    }),
  };
  return `${JSON.stringify(results, undefined, 2)}\n`;
}
