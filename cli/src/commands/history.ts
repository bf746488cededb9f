// SPDX-License-Identifier: Apache-2.0
/** `labsweep history SWEEP`: who asked what, and when. */
import { type CommandWords, commandText, utcText } from '@labsweep/analysis';
import {
  type Address,
  type HostId,
  type LogEntry,
  type SweepHistory,
  type SweepId,
  UsageError,
} from '@labsweep/proto';
import { atRest } from '../at-rest.js';
import { findLabOfSweep } from '../find-lab.js';
import type { SweepClient } from '../sweep-client.js';
import { withClient } from '../with-client.js';

const SCHEMA = 'labsweep-history-1';
const BY_WIDTH = 10;

export interface HistoryOptions {
  /** Its id, or its folder. */
  readonly sweep: string;
  readonly controller?: readonly Address[];
  readonly cacheDirectory: string;
  readonly json: boolean;
}

/** One line for each, oldest first; or one JSON document. */
export async function historyCommand(options: HistoryOptions): Promise<string> {
  const { cacheDirectory, json } = options;
  const lab = await findLabOfSweep(options.sweep, options.controller);
  const render = (sweep: SweepId) => (client: SweepClient) => historyText(client, sweep, json);
  if (lab.kind === 'running') return withClient(lab.controller, render(lab.sweep));
  return atRest(lab.folder, cacheDirectory, render(lab.folder.sweep));
}

async function historyText(client: SweepClient, sweep: SweepId, json: boolean): Promise<string> {
  const history = await client.history(sweep);
  const { hosts } = await client.hosts();
  const names = new Map(hosts.map(({ host, hostName }) => [host, hostName]));
  const nameOf = (host: HostId): string => names.get(host) ?? host;
  return renderHistory(history, { sweep, json, nameOf });
}

export function renderHistory(
  { entries, withoutEffect, lostCommands }: SweepHistory,
  options: {
    readonly sweep: SweepId;
    readonly json: boolean;
    readonly nameOf: (host: HostId) => string;
  },
): string {
  const { sweep, json, nameOf } = options;
  const told = entries.map((entry) => tell(entry, { nameOf, withoutEffect }));
  if (json) {
    const all = { schema: SCHEMA, sweep, entries: told, lostCommands };
    return `${JSON.stringify(all, undefined, 2)}\n`;
  }
  return [...told, ...lostCommands]
    .sort((one, other) => one.atMs - other.atMs)
    .map(({ atMs, by, text }) => `${utcText(atMs)}  ${by.padEnd(BY_WIDTH)}  ${text}\n`)
    .join('');
}

function tell(entry: LogEntry, words: CommandWords) {
  switch (entry.type) {
    case 'submitted': {
      const { atMs, by, specPath, seed, kernels } = entry;
      const names = kernels.map(({ name }) => name).join(', ');
      const text = `submit ${specPath}, seed ${seed}, kernels ${names}`;
      return { atMs, by, text, submitted: { specPath, seed } };
    }
    case 'commanded':
    case 'host-commanded': {
      const { atMs, by, id, command } = entry;
      const isIdle = entry.type === 'commanded' && words.withoutEffect?.has(id) === true;
      const text = commandText(entry, words);
      return { atMs, by, text, id, command, ...(isIdle ? { changedNothing: true } : {}) };
    }
    default:
      throw new UsageError(
        `a history holds no ${entry.type}; the controller is of another version`,
      );
  }
}
