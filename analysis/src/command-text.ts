// SPDX-License-Identifier: Apache-2.0
/** Words what was asked of a sweep or decided about a host after the submission. */
import type { Commanded, HostCommand, HostCommanded, HostId, SweepCommand } from '@labsweep/proto';

/** What happened to a sweep from outside of its trials. */
export type CommandEntry = Commanded | HostCommanded;

export interface CommandWords {
  readonly nameOf: (host: HostId) => string;
  /** Ids of commands that changed nothing when their turn came. */
  readonly withoutEffect?: ReadonlySet<string> | undefined;
}

/** What was asked, in the words of the command line, and whether it came too late. */
export function commandText(entry: CommandEntry, words: CommandWords): string {
  if (entry.type === 'host-commanded') return hostCommandText(entry.command, words.nameOf);
  const isIdle = words.withoutEffect?.has(entry.id) === true;
  return `${sweepCommandText(entry.command)}${isIdle ? ' (changed nothing)' : ''}`;
}

/** What a record has of commands, and the hosts that it can name. */
export interface RecordedCommands {
  readonly commands?: readonly CommandEntry[];
  readonly withoutEffect?: ReadonlySet<string>;
  readonly hosts: readonly { readonly id: HostId; readonly name: string }[];
  readonly entries: readonly { readonly host: HostId; readonly hostName: string }[];
}

/** `2026-11-27 00:12:03 UTC, anna: pause`, one for each command. */
export function commandLines(record: RecordedCommands): string[] {
  const { commands = [], withoutEffect, hosts, entries } = record;
  const names = new Map(hosts.map(({ id, name }) => [id, name]));
  for (const { host, hostName } of entries) names.set(host, hostName);
  const nameOf = (host: HostId): string => names.get(host) ?? host;
  return commands.map(
    (entry) =>
      `${utcText(entry.atMs)}, ${entry.by}: ${commandText(entry, { nameOf, withoutEffect })}`,
  );
}

/** To the second. */
export function utcText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function sweepCommandText(command: SweepCommand): string {
  switch (command.kind) {
    case 'pause':
    case 'resume':
    case 'cancel':
      return command.kind;
    case 'rerun-failed':
      return 'rerun --failed';
    case 'rerun-row':
      return `rerun --row ${command.row}`;
    case 'add-repetitions':
      return `add --repetitions ${command.count}`;
    case 'add-kernel':
      return `add --kernel ${command.kernel.name}=${command.kernel.source}`;
    case 'stop-row':
      return `stop ${command.row} after ${command.repetitions} blocks: precise enough`;
  }
}

function hostCommandText(command: HostCommand, nameOf: (host: HostId) => string): string {
  switch (command.kind) {
    case 'drain':
    case 'undrain':
      return `${command.kind} ${nameOf(command.host)}`;
    case 'quarantine':
      return `quarantine ${targetText(command, nameOf)}: ${command.reason}`;
    case 'release':
      return `release ${targetText(command, nameOf)}`;
  }
}

function targetText(
  { host, kernel }: Extract<HostCommand, { kind: 'quarantine' | 'release' }>,
  nameOf: (host: HostId) => string,
): string {
  const parts = [
    ...(host === undefined ? [] : [nameOf(host)]),
    ...(kernel === undefined ? [] : [`--kernel ${kernel}`]),
  ];
  return parts.join(' ');
}
