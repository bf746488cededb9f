// SPDX-License-Identifier: Apache-2.0
/**
 * What the controller tells a user <-> the domain, validated. It is the only file that knows both
 * shapes of it; each reader throws an Error that names the field when a message is malformed.
 */
import { z } from 'zod';
import type { BlockId, HostId, RowId, SweepId, TrialId } from './domain.js';
import { formatLogEntry } from './entry-text.js';
import type { HistoryReply as HistoryWire } from './generated/labsweep/v1/HistoryReply.js';
import type { ListHostsReply as HostListWire } from './generated/labsweep/v1/ListHostsReply.js';
import type { Progress as ProgressWire } from './generated/labsweep/v1/Progress.js';
import type { WatchEvent as WatchEventWire } from './generated/labsweep/v1/WatchEvent.js';
import { type LogEntry, parseLogEntry } from './log-entry.js';
import {
  type BlockDecision,
  type HostList,
  type LostCommand,
  type Progress,
  SWEEP_STATES,
  type SweepSummary,
} from './sweep-messages.js';

export type WatchEvent =
  | { readonly kind: 'entry'; readonly entry: LogEntry }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'decision'; readonly decision: BlockDecision };

const name = <Name extends string>() =>
  z
    .string()
    .min(1)
    .transform((text) => text as Name);
const count = z.number().int().nonnegative();

const summary = z.object({
  sweep: name<SweepId>(),
  state: z.enum(SWEEP_STATES),
  blocksTotal: count,
  blocksDecided: count,
  trialsTotal: count,
  trialsSettled: count,
  submittedAtMs: count,
  by: z.string(),
});

const progress = z
  .object({
    summary,
    running: z.array(z.object({ trial: name<TrialId>(), hostName: z.string(), sinceMs: count })),
    remainingMs: count,
    hostsAttached: count,
    waiting: z.array(z.object({ row: name<RowId>(), reason: z.string() })),
    troubles: z.array(z.string()),
    setAside: z.array(z.string()),
  })
  .transform(({ remainingMs, ...rest }) => (remainingMs === 0 ? rest : { ...rest, remainingMs }));

const watchEvent = z.discriminatedUnion('body', [
  z.object({ body: z.literal('logEntry'), logEntry: z.string() }),
  z.object({ body: z.literal('progress'), progress }),
  z.object({
    body: z.literal('decision'),
    decision: z.object({
      block: name<BlockId>(),
      attempt: count,
      host: name<HostId>(),
      complete: z.boolean(),
    }),
  }),
]);

export function readSweepSummary(wire: unknown): SweepSummary {
  return summary.parse(wire);
}

const hostSummary = z.object({
  host: name<HostId>(),
  hostName: z.string(),
  attached: z.boolean(),
  seenAtMs: count,
  block: z.string(),
  isDrained: z.boolean(),
  quarantine: z.array(z.string()),
  spooled: count,
  trouble: z.string(),
  labels: z.array(z.string()),
});

const lostCommands = z.array(z.object({ atMs: count, by: z.string(), text: z.string() }));

const hostList = z.object({
  hosts: z.array(hostSummary),
  quarantinedKernels: z.array(z.string()),
  lostCommands,
});

export function readHostList(wire: unknown): HostList {
  return hostList.parse(wire);
}

export function writeHostList(list: HostList): HostListWire {
  const { hosts, quarantinedKernels } = list;
  return {
    hosts: hosts.map(({ quarantine, labels, ...host }) => ({
      ...host,
      quarantine: [...quarantine],
      labels: [...labels],
    })),
    quarantinedKernels: [...quarantinedKernels],
    lostCommands: [...list.lostCommands],
  };
}

export interface SweepHistory {
  /** Submitted, commanded and host-commanded. */
  readonly entries: readonly LogEntry[];
  /** Ids of the commands among them that changed nothing when their turn came. */
  readonly withoutEffect: ReadonlySet<string>;
  /** Of the sweep and about hosts; they are not among the entries. */
  readonly lostCommands: readonly LostCommand[];
}

const history = z.object({
  logEntries: z.array(z.string()),
  withoutEffect: z.array(z.string()),
  lostCommands,
});

export function readHistory(wire: unknown): SweepHistory {
  const { logEntries, withoutEffect, lostCommands: lost } = history.parse(wire);
  const entries = logEntries.map(parseLogEntry);
  return { entries, withoutEffect: new Set(withoutEffect), lostCommands: lost };
}

export function writeHistory({ entries, withoutEffect, ...rest }: SweepHistory): HistoryWire {
  const logEntries = entries.map(formatLogEntry);
  return { logEntries, withoutEffect: [...withoutEffect], lostCommands: [...rest.lostCommands] };
}

export function readWatchEvent(wire: unknown): WatchEvent {
  const event = watchEvent.parse(wire);
  switch (event.body) {
    case 'logEntry':
      return { kind: 'entry', entry: parseLogEntry(event.logEntry) };
    case 'progress':
      return { kind: 'progress', progress: event.progress };
    case 'decision':
      return { kind: 'decision', decision: event.decision };
  }
}

export function writeWatchEvent(event: WatchEvent): WatchEventWire {
  switch (event.kind) {
    case 'entry':
      return { logEntry: formatLogEntry(event.entry) };
    case 'progress':
      return { progress: writeProgress(event.progress) };
    case 'decision':
      return { decision: event.decision };
  }
}

function writeProgress({ remainingMs, ...rest }: Progress): ProgressWire {
  return {
    summary: rest.summary,
    running: [...rest.running],
    remainingMs: Math.round(remainingMs ?? 0),
    waiting: [...rest.waiting],
    hostsAttached: rest.hostsAttached,
    troubles: [...rest.troubles],
    setAside: [...rest.setAside],
  };
}
