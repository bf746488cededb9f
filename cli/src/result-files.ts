// SPDX-License-Identifier: Apache-2.0
/**
 * The files that say what a sweep was and what came of it: plan, facts and reports, made from its
 * record alone. It writes none.
 */
import { analyseSweep, type SweepRecord } from '@labsweep/analysis';
import { renderPlan } from '@labsweep/controller';
import type { TrialEnded } from '@labsweep/proto';
import { reportFormat } from './report-formats.js';

/** The formats of a report that every folder has. */
const WRITTEN = ['text', 'csv', 'json'];

/** By name. */
export type ResultFiles = ReadonlyMap<string, string | Uint8Array>;

/** The same record gives the same bytes. */
export function resultFiles(
  record: SweepRecord,
  formats: readonly string[] = WRITTEN,
): ResultFiles {
  const report = analyseSweep(record);
  const { spec, plan, submitted } = record;
  return new Map([
    ['spec.toml', submitted.specText],
    ['plan.txt', renderPlan({ spec, plan, commands: report.commands })],
    ['plan.json', jsonOf(plan)],
    ['hosts.json', jsonOf(record.hosts)],
    ['guests.json', jsonOf(guestFacts(record.entries))],
    ...formats
      .flatMap((name) => reportFormat(name) ?? [])
      .map(({ fileName, render }) => [fileName, render({ record, report, options: {} })] as const),
  ]);
}

/** Indented, and ends with a newline. */
export function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** What each guest, or host of a native trial, said of itself, attempt by attempt. */
function guestFacts(entries: readonly TrialEnded[]) {
  return entries.map(({ trial, purpose, attempt, hostName, environment, outcome }) => ({
    trial,
    purpose,
    attempt,
    hostName,
    environment,
    facts: outcome.facts,
  }));
}
