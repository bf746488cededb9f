// SPDX-License-Identifier: Apache-2.0
/** Commands about sweeps that a controller has: list, status, watch and cancel. */
import { userInfo } from 'node:os';
import type { Address, SweepId, SweepSummary } from '@labsweep/proto';
import { followSweep } from '../follow-sweep.js';
import type { Display } from '../progress/display.js';
import { SweepClient } from '../sweep-client.js';
import { writeResults } from '../write-results.js';

/** One line per sweep, newest last. */
export function listCommand(controller: readonly Address[]): Promise<string> {
  return withClient(controller, async (client) => {
    const sweeps = await client.list();
    if (sweeps.length === 0) return 'no sweeps\n';
    return sweeps.map(summaryLine).join('');
  });
}

export function statusCommand(controller: readonly Address[], sweep: string): Promise<string> {
  return withClient(controller, async (client) => summaryLine(await client.get(sweep as SweepId)));
}

/** Idempotent; what is measured stays in the log. */
export function cancelCommand(controller: readonly Address[], sweep: string): Promise<string> {
  return withClient(controller, async (client) => {
    return summaryLine(await client.cancel(sweep as SweepId, userInfo().username));
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
    if (end.record === undefined) return '';
    return (await writeResults(options.folder, end.record)).report;
  });
}

function summaryLine(summary: SweepSummary): string {
  const { sweep, state, trialsSettled, trialsTotal, by, submittedAtMs } = summary;
  const at = new Date(submittedAtMs).toISOString().slice(0, 16).replace('T', ' ');
  return `${sweep}  ${state}  ${trialsSettled}/${trialsTotal} trials  ${at} UTC  by ${by}\n`;
}

async function withClient<Value>(
  controller: readonly Address[],
  work: (client: SweepClient) => Promise<Value>,
): Promise<Value> {
  const onWaiting = (line: string) => process.stderr.write(`labsweep: ${line}\n`);
  const client = new SweepClient(controller, onWaiting);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
