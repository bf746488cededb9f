// SPDX-License-Identifier: Apache-2.0
/** The calls of SweepService about commands, hosts and history, translated for the desk. */
import { randomUUID } from 'node:crypto';
import {
  type HostId,
  type HostList,
  type LostCommand,
  type SweepServiceHandlers,
  writeHistory,
  writeHostList,
} from '@labsweep/proto';
import { historyOf } from '../commands/history-of.js';
import { quarantineText } from '../commands/set-aside-texts.js';
import type { SweepState } from '../fold/lab-state.js';
import type { SweepLoop } from '../sweep-loop.js';
import { summarize } from '../sweep-progress.js';
import type { CommandDesk } from './command-desk.js';
import { type ForgoneCommand, lostCommands } from './forgone-commands.js';
import { answer, progressHooks, toStatus, unary } from './replies.js';

type CommandHandlers = Pick<
  SweepServiceHandlers,
  'Command' | 'ListHosts' | 'CommandHost' | 'History' | 'Cancel'
>;

export function commandHandlers(parts: {
  readonly loop: SweepLoop;
  readonly desk: CommandDesk;
  /** See `LogWriter.forgoneCommands`. */
  forgone(): readonly ForgoneCommand[];
}): CommandHandlers {
  const { loop, desk } = parts;
  const lostOf = (sweep?: SweepState) => {
    const names = new Map<string, string>(loop.hosts().map((each) => [each.host, each.hostName]));
    return lostCommands(parts.forgone(), sweep, (host) => names.get(host) ?? host);
  };
  const hostsNow = (host?: HostId) => writeHostList(hostList(loop, lostOf(), host));
  return {
    Command: (call) => {
      answer(call, async () => {
        await desk.askSweep(call.request, progressHooks(call));
        call.write({ accepted: summarize(desk.find(call.request.sweep)) });
      });
    },
    ListHosts: (_call, reply) => unary(reply, () => hostsNow()),
    CommandHost: (call, reply) => {
      desk
        .askHost(call.request)
        .then((command) => hostsNow(command.host))
        .then(
          (list) => reply(null, list),
          (error) => reply(toStatus(error)),
        );
    },
    History: (call, reply) => {
      unary(reply, () => {
        const sweep = desk.find(call.request.sweep);
        return writeHistory(historyOf(sweep, loop.commands, lostOf(sweep)));
      });
    },
    Cancel: (call, reply) => {
      const { sweep, by } = call.request;
      const hooks = { onProgress: () => {}, signal: new AbortController().signal };
      const request = { ...NO_DETAILS, sweep, by, id: randomUUID(), kind: 'cancel' };
      desk
        .askSweep(request, hooks)
        .then(() => summarize(desk.find(sweep)))
        .then(
          (summary) => reply(null, summary),
          (error) => reply(toStatus(error)),
        );
    },
  };
}

const NO_DETAILS = { row: '', count: 0, kernel: '', source: '', files: {} };

/** Only `host` where one is given. */
function hostList(loop: SweepLoop, lost: readonly LostCommand[], host?: HostId): HostList {
  const hosts = loop.hosts().filter((each) => host === undefined || each.host === host);
  const aside = loop.commands.quarantines().filter((each) => each.host === undefined);
  const quarantinedKernels = aside.map((each) => `${each.kernel} ${quarantineText(each)}`);
  return { hosts, quarantinedKernels, lostCommands: lost };
}
