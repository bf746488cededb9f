// SPDX-License-Identifier: Apache-2.0
/**
 * In which order this process learned of the commands of the log, for as long as it lives. A log
 * that lost a command and has a newer one about the same matter must not get the lost one back
 * behind it: whoever asked for the newer one has seen the lab without the lost one.
 */
import { type LogEntry, messageIdOf } from '@labsweep/proto';

/** What a command says stays so until another one says otherwise. The rest only adds work. */
const STATES: readonly string[] = [
  'pause',
  'resume',
  'cancel',
  'stop-row',
  'drain',
  'undrain',
  'quarantine',
  'release',
];

/** What a command is about; of hosts and kernels, an absent one stands for all. */
interface Matter {
  readonly sweep?: string;
  readonly host?: string;
  readonly kernel?: string;
}

export class CommandOrder {
  /** By message id; a `Map` keeps the order in which they came. */
  private readonly matters = new Map<string, Matter>();

  saw(entry: LogEntry): void {
    const matter = matterOf(entry);
    const id = messageIdOf(entry);
    if (matter !== undefined && !this.matters.has(id)) this.matters.set(id, matter);
  }

  /**
   * The message id of a command of the log that came after `lost` and is about the same matter;
   * undefined when there is none, and for what only adds work.
   */
  newerThan(lost: LogEntry, isInLog: (messageId: string) => boolean): string | undefined {
    const matter = matterOf(lost);
    if (matter === undefined || !('command' in lost)) return undefined;
    if (!STATES.includes(lost.command.kind)) return undefined;
    const ids = [...this.matters.keys()];
    const later = ids.slice(ids.indexOf(messageIdOf(lost)) + 1);
    return later.find((id) => isInLog(id) && meet(matter, this.matters.get(id) ?? {}));
  }
}

function matterOf(entry: LogEntry): Matter | undefined {
  if (entry.type === 'commanded') return { sweep: entry.sweep };
  if (entry.type !== 'host-commanded') return undefined;
  const { command } = entry;
  return {
    ...(command.host === undefined ? {} : { host: command.host }),
    ...('kernel' in command && command.kernel !== undefined ? { kernel: command.kernel } : {}),
  };
}

function meet(one: Matter, other: Matter): boolean {
  if (one.sweep !== undefined || other.sweep !== undefined) return one.sweep === other.sweep;
  return isEither(one.host, other.host) && isEither(one.kernel, other.kernel);
}

function isEither(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}
