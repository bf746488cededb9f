#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** The `labsweep` command: reads the command line, runs one command, maps errors to exit codes. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { examineKvm } from '@labsweep/agent';
import { exitCodeOf, LabsweepError, messageOf, PERMISSIONS, UsageError } from '@labsweep/proto';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { JSON_OPTION, LAB_OPTION } from './command-line/context.js';
import { addHostVerbs } from './command-line/host-verbs.js';
import { addNarrowVerb } from './command-line/narrow-verb.js';
import { addResultVerbs } from './command-line/result-verbs.js';
import { addSweepVerbs } from './command-line/sweep-verbs.js';
import { doctorCommand } from './commands/doctor.js';
import { planCommand } from './commands/plan.js';
import { runCommand } from './commands/run.js';
import { listCommand, statusCommand, watchCommand } from './commands/sweeps.js';
import type { FailOn } from './fail-on.js';
import type { Display } from './progress/display.js';
import { plainDisplay } from './progress/plain-display.js';
import { terminalDisplay } from './progress/terminal-display.js';

const SEED_MAX = 2 ** 32 - 1;
const DEFAULT_CACHE = process.env.LABSWEEP_CACHE ?? join(homedir(), '.cache/labsweep');

const interrupt = new AbortController();
process.on('SIGINT', () => stop(130));
process.on('SIGTERM', () => stop(143));

/** The first signal ends in order; the second leaves at once, and the children end with us. */
function stop(exitCode: number): void {
  if (interrupt.signal.aborted) process.exit(exitCode);
  interrupt.abort(new LabsweepError('interrupted'));
}

function openDisplay(): Display {
  const animated = process.stderr.isTTY && process.env.TERM !== 'dumb';
  const nowMs = () => Date.now();
  if (animated) return terminalDisplay(process.stderr, nowMs);
  return plainDisplay((text) => process.stderr.write(text), nowMs);
}

const print = (data: string | Uint8Array) => {
  process.stdout.write(data);
};

function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= SEED_MAX) return seed;
  throw new InvalidArgumentError(`expected a whole number from 0 to ${SEED_MAX}.`);
}

/** Checked here, so that a slip does not have to be looked up in the log of the agent. */
function parseMay(text: string): string {
  const names: readonly string[] = PERMISSIONS;
  const unknown = text.split(',').find((name) => name !== '' && !names.includes(name));
  if (unknown === undefined) return text;
  throw new InvalidArgumentError(`'${unknown}' is not one of ${PERMISSIONS.join(', ')}.`);
}

function parseFailOn(text: string): FailOn {
  if (text === 'regression') return text;
  throw new InvalidArgumentError("expected 'regression'.");
}

const SEED_HELP = 'in place of the seed in the spec';

const program = new Command('labsweep')
  .description('Compares Linux kernels by a small C reproducer, on one box or ten.')
  .addHelpText('before', 'Example: labsweep run examples/mprotect-release-window.toml\n')
  .showHelpAfterError('(labsweep --help shows all commands)')
  .exitOverride();

program
  .command('run')
  .argument('<spec>', 'TOML file that says what to measure')
  .description('measure a spec; without --controller on this machine alone')
  .option(...LAB_OPTION)
  .option('--out <dir>', 'folder for everything (default: out/<sweep id>)')
  .option('--seed <number>', SEED_HELP, parseSeed)
  .option('--fresh', 'measure anew although an unfinished sweep of this spec is there', false)
  .option('--runners <list>', 'of native,qemu,scripted', 'native,qemu')
  .option('--may <list>', 'of offline-cpus,tune: what may be changed here', parseMay, '')
  .option('--cache <dir>', 'kernels and binaries', DEFAULT_CACHE)
  .option('--fail-on <verdict>', 'regression: exit code 3 for one, 5 without verdict', parseFailOn)
  .action(async (spec: string, { cache, ...options }) => {
    const display = openDisplay();
    const { signal } = interrupt;
    const all = { ...options, spec, cacheDirectory: cache, display, print, signal };
    process.exitCode = await runCommand(all);
  });

program
  .command('plan')
  .argument('<spec>', 'TOML file that says what to measure')
  .description('print rows, blocks, order and the estimated time; run nothing')
  .option('--seed <number>', SEED_HELP, parseSeed)
  .action(async (spec: string, { seed }) => print(await planCommand(spec, seed)));

program
  .command('doctor')
  .description('say what this box is like for benchmarking, and what would mend it')
  .option('--json', 'one JSON document', false)
  .action(async ({ json }) => {
    const searchPath = process.env.PATH ?? '';
    print(doctorCommand({ json, searchPath, kvm: await examineKvm() }));
  });

program
  .command('list')
  .description('list the sweeps of a lab')
  .requiredOption(...LAB_OPTION)
  .option(...JSON_OPTION)
  .action(async ({ controller, json }) => print(await listCommand(controller, json)));

program
  .command('status')
  .argument('<sweep>')
  .description('one line about a sweep')
  .requiredOption(...LAB_OPTION)
  .option(...JSON_OPTION)
  .action(async (sweep: string, { controller, json }) => {
    print(await statusCommand(controller, sweep, json));
  });

program
  .command('watch')
  .argument('<sweep>')
  .description('follow a sweep to its end and print its report')
  .requiredOption(...LAB_OPTION)
  .option('--out <dir>', 'folder for the results (default: out/<sweep id>)')
  .action(async (sweep: string, { controller, out }) => {
    const folder = out ?? join('out', sweep);
    const { signal } = interrupt;
    print(await watchCommand({ controller, sweep, folder, display: openDisplay(), signal }));
  });

const context = {
  openDisplay,
  print,
  isTerminal: process.stdout.isTTY,
  tell: (line: string) => {
    process.stderr.write(`${line}\n`);
  },
  signal: interrupt.signal,
  defaultCache: DEFAULT_CACHE,
  parseMay,
};
addSweepVerbs(program, context);
addHostVerbs(program, context);
addNarrowVerb(program, { ...context, seedOption: ['--seed <number>', SEED_HELP, parseSeed] });
addResultVerbs(program, context);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Tells the user what went wrong, once and without a stack trace; returns the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) process.stderr.write(`${error.message}\n`);
  else if (error instanceof LabsweepError) process.stderr.write(`labsweep: ${error.message}\n`);
  else {
    process.stderr.write(`labsweep: internal error, please report it: ${messageOf(error)}\n`);
    if (process.env.LABSWEEP_DEBUG !== undefined && error instanceof Error) {
      process.stderr.write(`${error.stack}\n`);
    }
  }
  return exitCodeOf(error);
}
