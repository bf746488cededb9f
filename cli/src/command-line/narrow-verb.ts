// SPDX-License-Identifier: Apache-2.0
/** The part of the command line that finds the release in which an effect appears. */
import type { Command } from 'commander';
import { narrowCommand } from '../commands/narrow.js';
import { wholeNumber } from '../commands/sweep-verbs.js';
import { argument, type CommandLineContext, LAB_OPTION } from './context.js';

const EXAMPLES = `Examples:
  labsweep narrow my-sweep.toml --good v6.16 --bad v6.19
      over the kernels of the spec
  labsweep narrow my-sweep.toml --suite trixie-backports --good 6.16.3 --bad 6.19.14
      over all cloud kernels that a Debian suite has
  labsweep narrow my-sweep.toml --suite bookworm-backports,trixie-backports \\
      --good 6.12.57 --bad 7.3.4 --per-round 3 --row qemu-smp2
  labsweep narrow my-sweep.toml --good v6.16 --bad v6.19 --controller HOST:PORT
      as many kernels a round as the lab has hosts

Interrupted, the same command goes on where it was.

`;

const suites = (text: string): readonly string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
const number = argument(wholeNumber);

export function addNarrowVerb(
  program: Command,
  context: CommandLineContext & {
    readonly seedOption: readonly [string, string, (text: string) => number];
  },
): void {
  program
    .command('narrow')
    .argument('<spec>', 'TOML file that says what to measure, and in which row')
    .description('find the two neighbouring releases between which an effect appears')
    .addHelpText('before', EXAMPLES)
    .requiredOption('--good <kernel>', 'without the effect: a release, or the name of a kernel')
    .requiredOption('--bad <kernel>', 'with the effect')
    .option('--suite <list>', 'search these Debian suites, not the kernels of the spec', suites, [])
    .option('--row <row>', 'as `labsweep plan` names it (default: the first that is not native)')
    .option('--metric <name>', 'what decides (default: the first of the spec)')
    .option('--scenario <name>', 'needed where the program prints several')
    .option('--per-round <number>', 'kernels beside both ends (default: one for each host)', number)
    .option('--blocks <number>', 'of one round (default: repetitions of the spec)', number)
    .option('--blocks-max <number>', 'of a kernel that is not clear (default: four rounds)', number)
    .option('--sandwich-blocks <number>', 'of A B A at the end (default: 6 or more)', number)
    .option(...LAB_OPTION)
    .option('--out <dir>', 'folder for everything (default: out/<narrowing id>)')
    .option(...context.seedOption)
    .option('--fresh', 'measure anew although an unfinished narrowing is there', false)
    .option('--runners <list>', 'of native,qemu,scripted', 'native,qemu')
    .option('--may <list>', 'of offline-cpus,tune: what may be changed here', context.parseMay, '')
    .option('--cache <dir>', 'kernels and binaries', context.defaultCache)
    .option('--json', 'one JSON document in place of the text', false)
    .action(async (spec: string, { cache, suite, ...options }) => {
      const { print, signal } = context;
      process.exitCode = await narrowCommand({
        ...options,
        spec,
        suites: suite,
        cacheDirectory: cache,
        display: context.openDisplay(),
        print,
        signal,
      });
    });
}
