// SPDX-License-Identifier: Apache-2.0
/**
 * In which order this process learned of the commands of the log, for as long as it lives. A log
 * that lost a command and has a newer one about the same matter must not get the lost one back
 * behind it: whoever asked for the newer one has seen the lab without the lost one.
 */
import { type Commanded, type HostCommanded, type LogEntry, messageIdOf } from '@labsweep/proto';

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

type Command = Commanded | HostCommanded;

interface Seen {
  readonly matter: Matter;
  readonly kind: Command['command']['kind'];
}

export class CommandOrder {
  /** By message id; a `Map` keeps the order in which they came. */
  private readonly seen = new Map<string, Seen>();

  saw(entry: LogEntry): void {
    const id = messageIdOf(entry);
    if (!isCommand(entry) || this.seen.has(id)) return;
    this.seen.set(id, { matter: matterOf(entry), kind: entry.command.kind });
  }

  /**
   * Why a command that the log has lost must not come back, for people: the log has one that came
   * after it and is about the same matter. Undefined when there is none, and for what only adds
   * work.
   */
  reasonAgainst(lost: LogEntry, isInLog: (messageId: string) => boolean): string | undefined {
    if (!isCommand(lost) || !STATES.includes(lost.command.kind)) return undefined;
    const matter = matterOf(lost);
    const all = [...this.seen];
    const place = all.findIndex(([id]) => id === messageIdOf(lost));
    const newer = all
      .slice(place + 1)
      .find(([id, seen]) => isInLog(id) && meet(matter, seen.matter));
    if (newer === undefined) return undefined;
    const { sweep, host = '', kernel = '' } = matter;
    const about = sweep ?? `${host} ${kernel}`.trim();
    return (
      `the log has lost the \`${lost.command.kind}\` of ${about} by ${lost.by}, and it is not done ` +
      `again, because \`${newer[1].kind}\` was asked for since; ask again where it is still wanted`
    );
  }
}

function isCommand(entry: LogEntry): entry is Command {
  return entry.type === 'commanded' || entry.type === 'host-commanded';
}

function matterOf(entry: Command): Matter {
  if (entry.type === 'commanded') return { sweep: entry.sweep };
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
