// SPDX-License-Identifier: Apache-2.0
/** The part of the command line that makes something of what was measured, and measures nothing. */
import type { Command } from 'commander';
import { bundleCommand } from '../commands/bundle.js';
import { compareCommand } from '../commands/compare.js';
import { reportCommand } from '../commands/report.js';
import { wholeNumber } from '../commands/sweep-verbs.js';
import { REPORT_FORMATS } from '../report-formats.js';
import { argument, type CommandLineContext, examples, JSON_OPTION, LAB_OPTION } from './context.js';
import { httpsAddress } from './https-address.js';

const SOURCE_HELP = 'its id, its folder, or its bundle';
const ARTIFACT_MAX_MIB = 64;
const formats = REPORT_FORMATS.map(({ name }) => name).join(', ');

export function addResultVerbs(program: Command, context: CommandLineContext): void {
  addReport(program, context);
  addBundle(program, context);
  addCompare(program, context);
}

function addReport(program: Command, context: CommandLineContext): void {
  const widest = Math.max(...REPORT_FORMATS.map(({ name }) => name.length));
  const lines = REPORT_FORMATS.map(
    ({ name, fileName, describe }) => `  ${name.padEnd(widest)}  ${describe} (${fileName})\n`,
  );
  program
    .command('report')
    .argument('[sweep]', SOURCE_HELP)
    .description('print the report of a sweep, a bundle or measurements made elsewhere')
    .addHelpText(
      'before',
      examples(
        'report mprotect-1a2b3c4d',
        'report mprotect-1a2b3c4d.tar.gz --format csv -o results.csv',
        'report out/mprotect-1a2b3c4d --format all -o reports/',
        'report --from measured.csv --baseline v6.16',
      ),
    )
    .addHelpText('after', `\nFormats:\n${lines.join('')}`)
    .option('--format <name>', `${formats}, or all of them`, REPORT_FORMATS[0]?.name ?? '')
    .option('-o, --output <path>', 'a file, or a folder for all formats')
    .option('--from <csv>', 'columns kernel, metric, value, repetition, and row keys')
    .option('--baseline <kernel>', 'with --from: what is compared with (default: the first)')
    .option('--metric <name>', 'with --from: what verdicts are about (default: the first)')
    .option(
      '--url <https>',
      'where the raw data lie for all to see, for formats that say it',
      argument(httpsAddress),
    )
    .option('--regzbot <range>', 'v6.16..v6.17 or a commit, for a mail to a kernel list')
    .option('--origin <name>', 'the name of the CI system, for formats that ask for it')
    .option(...LAB_OPTION)
    .option('--cache <dir>', 'kernels and binaries', context.defaultCache)
    .action((sweep: string | undefined, { cache, url, regzbot, origin, ...options }) => {
      const named = sweep === undefined ? {} : { sweep };
      const render = given({ url, regzbot, origin });
      return reportCommand({ ...context, ...options, ...named, render, cacheDirectory: cache });
    });
}

function addBundle(program: Command, context: CommandLineContext): void {
  program
    .command('bundle')
    .argument('<sweep>', 'its id or its folder')
    .description('put everything of a sweep into one archive, with the same bytes each time')
    .addHelpText(
      'before',
      examples(
        'bundle mprotect-1a2b3c4d',
        'bundle out/mprotect-1a2b3c4d --with-kernels -o evidence.tar.gz',
        'bundle mprotect-1a2b3c4d --controller HOST:PORT',
      ),
    )
    .option('-o, --output <file>', 'the archive (default: <sweep id>.tar.gz)')
    .option('--with-kernels', 'the images of the kernels as well', false)
    .option(
      '--artifact-max <MiB>',
      'bigger ones are left out and named',
      argument(wholeNumber),
      ARTIFACT_MAX_MIB,
    )
    .option(...LAB_OPTION)
    .option('--cache <dir>', 'kernels and binaries', context.defaultCache)
    .action(async (sweep: string, { cache, artifactMax, ...options }) => {
      process.exitCode = await bundleCommand({
        ...context,
        ...options,
        sweep,
        cacheDirectory: cache,
        artifactMaxMib: artifactMax,
      });
    });
}

function addCompare(program: Command, context: CommandLineContext): void {
  program
    .command('compare')
    .argument('<a>', SOURCE_HELP)
    .argument('<b>', SOURCE_HELP)
    .description('put two sweeps side by side: levels, effects, and what differs in their setup')
    .addHelpText(
      'before',
      examples(
        'compare out/mprotect-1a2b3c4d out/mprotect-1a2b3c4d-2',
        'compare theirs.tar.gz ours.tar.gz --json',
        'compare mprotect-1a2b3c4d mprotect-5e6f7a8b --controller HOST:PORT',
      ),
    )
    .option(...JSON_OPTION)
    .option(...LAB_OPTION)
    .option('--cache <dir>', 'kernels and binaries', context.defaultCache)
    .action(async (a: string, b: string, { cache, ...options }) => {
      context.print(await compareCommand({ ...options, a, b, cacheDirectory: cache }));
    });
}

/** Options that nobody gave are absent, not undefined. */
function given(options: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(options).filter((entry): entry is [string, string] => !!entry[1]);
  return Object.fromEntries(entries);
}
