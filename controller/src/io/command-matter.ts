// SPDX-License-Identifier: Apache-2.0
/**
 * What commands are about, and which of them say the same of it, or the contrary. It does not know
 * in which order they came.
 */
import type { Commanded, HostCommanded, LogEntry } from '@labsweep/proto';
import { OWN_NAME } from '../decision-entry.js';

export type Command = Commanded | HostCommanded;
type HostCommandOf<Kind> = Extract<HostCommanded['command'], { readonly kind: Kind }>;

/** Of sweeps, what users may ask. */
const STATES: readonly string[] = ['pause', 'resume', 'cancel'];

export function isCommand(entry: LogEntry): entry is Command {
  return entry.type === 'commanded' || entry.type === 'host-commanded';
}

/** Decided by labsweep itself: it has seen nothing that a user asked, and asks for nothing else. */
export function isOwn({ by }: Command): boolean {
  return by === OWN_NAME;
}

/** For people; `nameOf` gives the name of a host. */
export function matterText(command: Command, nameOf: (host: string) => string): string {
  if (command.type === 'commanded') return command.sweep;
  const { host, kernel } = targetOf(command.command);
  return [host === undefined ? [] : nameOf(host), kernel ?? []].flat().join(' ');
}

/** Whether what it says stays so until another one says otherwise; the rest adds work. */
export function isState({ type, command }: Command): boolean {
  return type === 'host-commanded' || STATES.includes(command.kind);
}

/** Whether both are about one matter, so that the one in force is the later of the two. */
export function isSameMatter(one: Command, other: Command): boolean {
  if (one.type === 'commanded') return other.type === 'commanded' && one.sweep === other.sweep;
  if (other.type === 'commanded') return false;
  if (isDrain(one.command) || isDrain(other.command)) {
    return (
      isDrain(one.command) && isDrain(other.command) && one.command.host === other.command.host
    );
  }
  const [target, others] = [targetOf(one.command), targetOf(other.command)];
  return isEither(target.host, others.host) && isEither(target.kernel, others.kernel);
}

/** Whether `newer` asks for what `lost` asks for, so that nobody misses the lost one. */
export function isRepeatedBy(lost: Command, newer: Command): boolean {
  // What labsweep decides by itself has other reasons, and may be taken back by other people.
  if (isOwn(newer) && !isOwn(lost)) return false;
  const [{ command }, { command: other }] = [lost, newer];
  if (!isSameMatter(lost, newer) || command.kind !== other.kind) return false;
  if (command.kind === 'stop-row') return other.kind === 'stop-row' && command.row === other.row;
  if (lost.type === 'commanded') return isState(lost);
  const [target, others] = [targetOf(lost.command), targetOf(newer.command as typeof lost.command)];
  return target.host === others.host && target.kernel === others.kernel;
}

/** Whether `lost`, done behind `newer`, would undo what the user who asked for that has seen. */
export function isContradictedBy(lost: Command, newer: Command): boolean {
  if (isOwn(newer) || !isSameMatter(lost, newer)) return false;
  const { kind } = lost.command;
  // The end of a row is decided anew, from what the log has by then.
  if (kind === 'stop-row') return true;
  return isState(lost) && kind !== newer.command.kind;
}

function isDrain(
  command: HostCommanded['command'],
): command is HostCommandOf<'drain'> | HostCommandOf<'undrain'> {
  return command.kind === 'drain' || command.kind === 'undrain';
}

/** An absent host or kernel stands for all of them. */
function targetOf(command: HostCommanded['command']): {
  readonly host?: string;
  readonly kernel?: string;
} {
  return isDrain(command) ? { host: command.host } : command;
}

function isEither(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}
