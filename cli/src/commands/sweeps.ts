// SPDX-License-Identifier: Apache-2.0
/** Commands that look at sweeps which a controller has: list, status and watch. */
import { utcText } from '@labsweep/analysis';
import type { Address, SweepId, SweepSummary } from '@labsweep/proto';
import { followSweep } from '../follow-sweep.js';
import type { Display } from '../progress/display.js';
import { withClient } from '../with-client.js';
import { writeResults } from '../write-results.js';

const SCHEMA = 'labsweep-sweeps-1';

/** One line per sweep, newest last; or one JSON document. */
export function listCommand(controller: readonly Address[], json: boolean): Promise<string> {
  return withClient(controller, async (client) => {
    const sweeps = await client.list();
    if (json) return jsonOf(sweeps);
    if (sweeps.length === 0) return 'no sweeps\n';
    return sweeps.map(summaryLine).join('');
  });
}

export function statusCommand(
  controller: readonly Address[],
  sweep: string,
  json: boolean,
): Promise<string> {
  return withClient(controller, async (client) => {
    const summary = await client.get(sweep as SweepId);
    return json ? jsonOf([summary]) : summaryLine(summary);
  });
}

/** Follows a sweep to its end and writes its results to `folder`. Returns the report. */
export function watchCommand(options: {
  readonly controller: readonly Address[];
  readonly sweep: string;
  readonly folder: string;
  readonly display: Display;
  readonly signal: AbortSignal;
}): Promise<string> {
  return withClient(options.controller, async (client) => {
    const sweep = options.sweep as SweepId;
    const end = await followSweep({ ...options, client, sweep, endWhenStuck: false });
    options.display.end();
    if (end.broken !== undefined) throw end.broken;
    if (end.log === undefined) return '';
    return (await writeResults(options.folder, end.log)).report;
  });
}

export function summaryLine(summary: SweepSummary): string {
  const { sweep, state, trialsSettled, trialsTotal, by, submittedAtMs } = summary;
  const at = `${utcText(submittedAtMs).slice(0, 16)} UTC`;
  return `${sweep}  ${state}  ${trialsSettled}/${trialsTotal} trials  ${at}  by ${by}\n`;
}

function jsonOf(sweeps: readonly SweepSummary[]): string {
  return `${JSON.stringify({ schema: SCHEMA, sweeps }, undefined, 2)}\n`;
}
