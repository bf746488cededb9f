// SPDX-License-Identifier: Apache-2.0
/** Words what was asked of a sweep or decided about a host after the submission. */
import type { Commanded, HostCommand, HostCommanded, HostId, SweepCommand } from '@labsweep/proto';

/** What happened to a sweep from outside of its trials. */
export type CommandEntry = Commanded | HostCommanded;

/** What was asked, in the words of the command line; `nameOf` is for hosts. */
export function commandText(entry: CommandEntry, nameOf: (host: HostId) => string): string {
  return entry.type === 'commanded'
    ? sweepCommandText(entry.command)
    : hostCommandText(entry.command, nameOf);
}

/** `2026-11-27 00:12:03 UTC, anna: pause`. */
export function commandLine(entry: CommandEntry, nameOf: (host: HostId) => string): string {
  return `${utcText(entry.atMs)}, ${entry.by}: ${commandText(entry, nameOf)}`;
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
