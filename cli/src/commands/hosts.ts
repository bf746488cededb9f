// SPDX-License-Identifier: Apache-2.0
/** `labsweep hosts`, and what a user asks of a host: drain, undrain, quarantine and release. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { renderAsciiTable, utcText } from '@labsweep/analysis';
import type { Address, HostCommand, HostList, HostSummary } from '@labsweep/proto';
import { atRest } from '../at-rest.js';
import { findLabOfSweep, findRunningLab } from '../find-lab.js';
import type { SweepClient } from '../sweep-client.js';
import { withClient } from '../with-client.js';

const SCHEMA = 'labsweep-hosts-1';

export interface HostAsk {
  readonly kind: HostCommand['kind'];
  readonly host?: string;
  readonly kernel?: string;
  readonly reason?: string;
}

/** Which lab: by its controller, by a sweep of one box, or the one that runs here. */
interface LabChoice {
  readonly controller?: readonly Address[];
  readonly sweep?: string;
  readonly cacheDirectory: string;
}

export async function hostsCommand(
  options: LabChoice & { readonly json: boolean },
): Promise<string> {
  const list = await inLab(options, (client) => client.hosts());
  return options.json ? jsonOf(list) : renderHosts(list);
}

/** Returns the hosts that it is about, as they are now. Throws UsageError for unknown names. */
export async function hostVerbCommand(
  options: LabChoice & { readonly ask: HostAsk; readonly json: boolean },
): Promise<string> {
  const { kind, host = '', kernel = '', reason = '' } = options.ask;
  const request = { id: randomUUID(), by: userInfo().username, kind, host, kernel, reason };
  const list = await inLab(options, (client) => client.commandHost(request));
  return options.json ? jsonOf(list) : renderHosts(list);
}

/** The lab of a sweep's folder may be at rest, as when its only host is in quarantine. */
async function inLab<Value>(
  { controller, sweep, cacheDirectory }: LabChoice,
  work: (client: SweepClient) => Promise<Value>,
): Promise<Value> {
  if (controller !== undefined || sweep === undefined) {
    return withClient(await findRunningLab(controller), work);
  }
  const lab = await findLabOfSweep(sweep, undefined);
  if (lab.kind === 'running') return withClient(lab.controller, work);
  return atRest(lab.folder, cacheDirectory, work);
}

/** A table, and below it whatever keeps a host or a kernel from work. */
export function renderHosts({ hosts, quarantinedKernels, lostCommands }: HostList): string {
  const left = (header: string) => ({ header, align: 'left' }) as const;
  const columns = [left('host'), left('state'), left('block'), left('spooled'), left('labels')];
  const rows = hosts.map((host) =>
    [host.hostName, stateOf(host), host.block || '-', `${host.spooled}`, labelsOf(host)].map(
      (cell) => [cell],
    ),
  );
  const notes = [
    ...hosts.flatMap(({ hostName, quarantine, trouble }) => [
      ...quarantine.map((text) => `${hostName} is in quarantine ${text}`),
      ...(trouble === '' ? [] : [`${hostName}: ${trouble}`]),
    ]),
    ...quarantinedKernels.map((text) => `no host gets kernel ${text}`),
    ...lostCommands.map(({ atMs, text }) => `asked at ${utcText(atMs)}: ${text}`),
  ];
  const table = hosts.length === 0 ? ['no hosts'] : renderAsciiTable({ columns, rows, gap: 2 });
  return [...table, ...notes].map((line) => `${line.trimEnd()}\n`).join('');
}

function stateOf(host: HostSummary): string {
  const words = [
    host.attached ? (host.block === '' ? 'idle' : 'busy') : `away since ${utcText(host.seenAtMs)}`,
    ...(host.isDrained ? ['drained'] : []),
    ...(host.quarantine.length > 0 ? ['quarantine'] : []),
    ...(host.trouble === '' ? [] : ['in trouble']),
  ];
  return words.join(', ');
}

function labelsOf({ labels }: HostSummary): string {
  return labels.length === 0 ? '-' : labels.join(' ');
}

function jsonOf(list: HostList): string {
  return `${JSON.stringify({ schema: SCHEMA, ...list }, undefined, 2)}\n`;
}
