// SPDX-License-Identifier: Apache-2.0
/**
 * Commands of users that the log has lost and that are not done again. Whoever asked was told that
 * they are in the log, so this is told to all who look, until somebody asks about the matter again,
 * or for so long that everybody has had the time to look. It stays on record for who asks later.
 */
import type { LostCommand } from '@labsweep/proto';
import type { SweepState } from '../fold/lab-state.js';
import { type Command, isSameMatter, isState, matterText } from './command-matter.js';

const TOLD_MS = 15 * 60_000;
/** Nobody reads more, and the newest count. */
const RECORD_MAX = 100;

/** A command that was lost, and the one because of which it is not done again. */
export interface ForgoneCommand {
  readonly lost: Command;
  readonly newer: Command;
}

interface Forgone extends ForgoneCommand {
  readonly atMonotonicMs: number;
}

export class ForgoneCommands {
  private all: Forgone[] = [];
  private kept: readonly ForgoneCommand[] = [];

  add(forgone: Forgone): void {
    this.all.push(forgone);
    this.kept = [...this.kept, forgone].slice(-RECORD_MAX);
  }

  /** All of this process, oldest first, whatever was asked since. */
  get record(): readonly ForgoneCommand[] {
    return this.kept;
  }

  /** Somebody has asked for this since. Who only adds work leaves the matter as it is. */
  asked(command: Command): void {
    if (!isState(command)) return;
    this.all = this.all.filter(({ lost }) => !isSameMatter(lost, command));
  }

  /** One sentence for each. */
  texts(nowMonotonicMs: number, nameOf: (host: string) => string): string[] {
    this.all = this.all.filter(({ atMonotonicMs }) => nowMonotonicMs - atMonotonicMs < TOLD_MS);
    return this.all.map((each) => forgoneText(each, nameOf));
  }
}

export function forgoneText(
  { lost, newer }: ForgoneCommand,
  nameOf: (host: string) => string = (host) => host,
): string {
  return (
    `the log has lost the \`${lost.command.kind}\` of ${matterText(lost, nameOf)} by ${lost.by}, ` +
    `and it is not done again, because \`${newer.command.kind}\` was asked for since; ask again ` +
    'where it is still wanted'
  );
}

/**
 * Those that a history of the sweep tells of: its own and, as there, what was asked of hosts since
 * it is there. Without a sweep, all about hosts.
 */
export function lostCommands(
  record: readonly ForgoneCommand[],
  sweep: Pick<SweepState, 'submitted'> | undefined,
  nameOf: (host: string) => string,
): LostCommand[] {
  const isAbout = ({ lost }: ForgoneCommand) => {
    if (lost.type === 'commanded') return lost.sweep === sweep?.submitted.sweep;
    return sweep === undefined || lost.atMs >= sweep.submitted.atMs;
  };
  return record.filter(isAbout).map((each) => {
    const { atMs, by } = each.lost;
    return { atMs, by, text: forgoneText(each, nameOf) };
  });
}
