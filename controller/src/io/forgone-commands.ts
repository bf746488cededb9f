// SPDX-License-Identifier: Apache-2.0
/**
 * Commands of users that the log has lost and that are not done again. Whoever asked was told that
 * they are in the log, so this is told to all who look, until somebody asks about the matter again,
 * or for so long that everybody has had the time to look.
 */
import { type Command, isSameMatter, isState, matterText } from './command-matter.js';

const TOLD_MS = 15 * 60_000;

interface Forgone {
  readonly lost: Command;
  readonly newer: Command;
  readonly atMonotonicMs: number;
}

export class ForgoneCommands {
  private all: Forgone[] = [];

  add(forgone: Forgone): void {
    this.all.push(forgone);
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
  { lost, newer }: Pick<Forgone, 'lost' | 'newer'>,
  nameOf: (host: string) => string = (host) => host,
): string {
  return (
    `the log has lost the \`${lost.command.kind}\` of ${matterText(lost, nameOf)} by ${lost.by}, ` +
    `and it is not done again, because \`${newer.command.kind}\` was asked for since; ask again ` +
    'where it is still wanted'
  );
}
