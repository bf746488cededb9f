// SPDX-License-Identifier: Apache-2.0
/** The part of the command line that is about the hosts of a lab. */
import type { Command } from 'commander';
import { type HostAsk, hostsCommand, hostVerbCommand } from '../commands/hosts.js';
import { type CommandLineContext, JSON_OPTION, LAB_OPTION } from './context.js';

const HOST_HELP = 'its name or its id, as `labsweep hosts` has it';

type HostOptions = Omit<Parameters<typeof hostVerbCommand>[0], 'ask' | 'cacheDirectory'>;

export function addHostVerbs(program: Command, context: CommandLineContext): void {
  const verb = (name: string, description: string, example: string) =>
    program
      .command(name)
      .description(description)
      .addHelpText('before', `Example: labsweep ${example}\n`)
      .option(...LAB_OPTION)
      .option('--sweep <sweep>', 'the lab of this sweep on one box: its id or its folder')
      .option(...JSON_OPTION);
  const cacheDirectory = context.defaultCache;
  const tell = async (ask: HostAsk, options: HostOptions) =>
    context.print(await hostVerbCommand({ ...options, cacheDirectory, ask }));
  verb('hosts', 'list the hosts of a lab, and what keeps them from work', 'hosts').action(
    async (options) => context.print(await hostsCommand({ ...options, cacheDirectory })),
  );
  verb('drain', 'let a host end its block and give it no other', 'drain box-a')
    .argument('<host>', HOST_HELP)
    .action((host: string, options) => tell({ kind: 'drain', host }, options));
  verb('undrain', 'give a drained host work again', 'undrain box-a')
    .argument('<host>', HOST_HELP)
    .action((host: string, options) => tell({ kind: 'undrain', host }, options));
  verb(
    'quarantine',
    'keep trials off a host: all, or those of one kernel; without a host off all of them',
    'quarantine box-a --kernel v6.18 --reason "panics in its network driver"',
  )
    .argument('[host]', HOST_HELP)
    .option('--kernel <name>', 'only trials of this kernel')
    .option('--reason <text>', 'why, for those who find it tomorrow', '')
    .action((host: string | undefined, { kernel, reason, ...options }) =>
      tell({ kind: 'quarantine', reason, ...target(host, kernel) }, options),
    );
  verb('release', 'end a quarantine', 'release box-a')
    .argument('[host]', HOST_HELP)
    .option('--kernel <name>', 'the kernel that is in quarantine')
    .action((host: string | undefined, { kernel, ...options }) =>
      tell({ kind: 'release', ...target(host, kernel) }, options),
    );
}

function target(host: string | undefined, kernel: string | undefined) {
  return { ...(host === undefined ? {} : { host }), ...(kernel === undefined ? {} : { kernel }) };
}
