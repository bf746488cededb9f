// SPDX-License-Identifier: Apache-2.0
/**
 * In which order this process learned of the commands of the log, for as long as it lives. A log
 * that lost a command and has a newer one that says otherwise must not get the lost one back behind
 * it: whoever asked for the newer one has seen the lab without the lost one.
 */
import { type LogEntry, messageIdOf } from '@labsweep/proto';
import { type Command, isCommand, isContradictedBy, isRepeatedBy } from './command-matter.js';

export class CommandOrder {
  /** By message id; a `Map` keeps the order in which they came. */
  private readonly seen = new Map<string, Command>();

  /** The entry, if it is a command of which this process did not know. */
  saw(entry: LogEntry): Command | undefined {
    const id = messageIdOf(entry);
    if (!isCommand(entry) || this.seen.has(id)) return undefined;
    this.seen.set(id, entry);
    return entry;
  }

  /** It is not in the log, and does not come back: were it asked again, it would be new. */
  forget(command: Command): void {
    this.seen.delete(messageIdOf(command));
  }

  /**
   * Why a command that the log has lost must not come back: the newest of those in the log that
   * came after it and contradict it or ask for the same. Undefined where it may come back.
   */
  outdating(lost: Command, isInLog: (messageId: string) => boolean): Command | undefined {
    const all = [...this.seen];
    const place = all.findIndex(([id]) => id === messageIdOf(lost));
    const newer = all.slice(place + 1).filter(([id]) => isInLog(id));
    return newer
      .map(([, command]) => command)
      .findLast((command) => isContradictedBy(lost, command) || isRepeatedBy(lost, command));
  }
}
