// SPDX-License-Identifier: Apache-2.0
/** The part of the command line that asks something of a sweep, or reads who asked what. */
import type { Command } from 'commander';
import type { SweepAsk } from '../ask-sweep.js';
import { historyCommand } from '../commands/history.js';
import { addAsk, rerunAsk, sweepVerbCommand, wholeNumber } from '../commands/sweep-verbs.js';
import { argument, type CommandLineContext, examples, JSON_OPTION, LAB_OPTION } from './context.js';

const SWEEP_HELP = 'its id; without --controller its folder as well';

export function addSweepVerbs(program: Command, context: CommandLineContext): void {
  addPlainVerbs(program, context);
  addWorkVerbs(program, context);
  program
    .command('history')
    .argument('<sweep>', SWEEP_HELP)
    .description('say who asked what of a sweep, and when')
    .addHelpText('before', examples('history mprotect-1a2b3c4d', 'history out/mprotect-1a2b3c4d'))
    .option(...LAB_OPTION)
    .option('--cache <dir>', 'kernels and binaries', context.defaultCache)
    .option(...JSON_OPTION)
    .action(async (sweep: string, { cache, ...options }) => {
      context.print(await historyCommand({ ...options, sweep, cacheDirectory: cache }));
    });
}

function addPlainVerbs(program: Command, context: CommandLineContext): void {
  const verbs = [
    ['pause', 'start nothing new; what runs goes on to the end of its block'],
    ['resume', 'go on with a paused sweep'],
    ['cancel', 'end a sweep early and for good; what is measured stays'],
  ] as const;
  for (const [kind, description] of verbs) {
    program
      .command(kind)
      .argument('<sweep>', SWEEP_HELP)
      .description(description)
      .addHelpText(
        'before',
        examples(`${kind} mprotect-1a2b3c4d`, `${kind} mprotect-1a2b3c4d --controller HOST:PORT`),
      )
      .option(...LAB_OPTION)
      .action((sweep: string, { controller }) => {
        return ask(context, { sweep, controller, cache: context.defaultCache, may: '' }, { kind });
      });
  }
}

function addWorkVerbs(program: Command, context: CommandLineContext): void {
  const rerun = program
    .command('rerun')
    .argument('<sweep>', SWEEP_HELP)
    .description('run blocks anew; what was measured before stays visible')
    .addHelpText(
      'before',
      examples('rerun mprotect-1a2b3c4d --failed', 'rerun mprotect-1a2b3c4d --row qemu-smp4'),
    )
    .option('--failed', 'all blocks that ended with a trial not measured')
    .option('--row <row>', 'all blocks of this row, as `labsweep plan` names it');
  const add = program
    .command('add')
    .argument('<sweep>', SWEEP_HELP)
    .description('add repetitions or a kernel, also to a sweep that has ended')
    .addHelpText(
      'before',
      examples(
        'add mprotect-1a2b3c4d --repetitions 5',
        'add mprotect-1a2b3c4d --kernel v6.18=debian:trixie-backports/PACKAGE',
        'add mprotect-1a2b3c4d --kernel patched=file:arch/x86/boot/bzImage',
      ),
    )
    .option('--repetitions <number>', 'so many more blocks of each row', argument(wholeNumber))
    .option('--kernel <name=source>', 'compared with the baseline in new blocks of each row');
  for (const verb of [rerun, add]) {
    verb
      .option(...LAB_OPTION)
      .option('--runners <list>', 'of native,qemu,scripted (default: as in the first run)')
      .option(
        '--may <list>',
        'of offline-cpus,tune: what may be changed here',
        context.parseMay,
        '',
      )
      .option('--cache <dir>', 'kernels and binaries', context.defaultCache);
  }
  rerun.action((sweep: string, options) => ask(context, { ...options, sweep }, rerunAsk(options)));
  add.action((sweep: string, options) => ask(context, { ...options, sweep }, addAsk(options)));
}

type Asked = Omit<Parameters<typeof sweepVerbCommand>[0], 'cacheDirectory' | 'ask'> & {
  readonly cache: string;
};

/** Whatever the verb, a sweep that is gone on with ends with the exit code of a run. */
async function ask(
  context: CommandLineContext,
  {
    sweep,
    controller,
    runners,
    may,
    cache,
  }: Pick<Asked, 'sweep' | 'may' | 'cache'> & Partial<Asked>,
  asked: SweepAsk,
): Promise<void> {
  process.exitCode = await sweepVerbCommand({
    ...context,
    sweep,
    ...(controller === undefined ? {} : { controller }),
    ...(runners === undefined ? {} : { runners }),
    may,
    cacheDirectory: cache,
    ask: asked,
  });
}
