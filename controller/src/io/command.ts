// SPDX-License-Identifier: Apache-2.0
/**
 * The controller's one door to other programs: an argument list and no shell, closed standard
 * input, limited output, an AbortSignal, and errors that say what to try. It keeps no process
 * running.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LabsweepError } from '@labsweep/proto';

export interface CommandOptions {
  readonly signal: AbortSignal;
  /** Working directory; the controller's own when absent. */
  readonly directory?: string;
  /** Added to the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Another command whose standard output becomes the standard input of this one. */
  readonly inputFrom?: { readonly program: string; readonly arguments: readonly string[] };
  /** Becomes the standard input; the program sees its end when the stream ends. */
  readonly input?: Readable;
  /** Called with each piece of standard output while the program runs. */
  onOutput?(text: string): void;
  /** A longer standard output is an error; 16 MiB when absent. */
  readonly outputLimitBytes?: number;
  /** Return a non-zero exit code instead of throwing, for callers that read the reason. */
  readonly allowFailure?: boolean;
}

export type CommandResult = Ended<string>;

interface Ended<Stdout> {
  readonly stdout: Stdout;
  /** The end of it, at most 64 Ki characters. */
  readonly stderr: string;
  /** 128 + n when signal n ended the program, as a shell would say it. */
  readonly exitCode: number;
}

const DEFAULT_OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;
const STDERR_LIMIT_CHARACTERS = 64 * 1024;
const STDERR_LINES_SHOWN = 8;

/** Which Debian package brings a program that may be missing. */
const DEBIAN_PACKAGE_OF: Readonly<Record<string, string>> = {
  'apt-get': 'apt',
  '/usr/lib/apt/apt-helper': 'apt',
  'dpkg-deb': 'dpkg',
  flock: 'util-linux',
  gcc: 'gcc',
  gpg: 'gnupg',
  bzip2: 'bzip2',
  lz4: 'lz4',
  tar: 'tar',
  xz: 'xz-utils',
  zstd: 'zstd',
};

/**
 * Runs a program to its end. Throws a LabsweepError when it is missing, prints too much, or fails
 * and `allowFailure` is not set; throws the signal's reason when that ended it.
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const ended = await runFilter(program, args, options);
  return { ...ended, stdout: ended.stdout.toString() };
}

/** The same for a program whose output is no text. */
export async function runFilter(
  program: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<Ended<Buffer>> {
  options.signal.throwIfAborted();
  const hasInput = options.inputFrom !== undefined || options.input !== undefined;
  const child = launch(program, args, options, hasInput ? 'pipe' : 'ignore');
  const end = endOf(program, child, readLimited(program, child, options));
  if (options.input) void move(options.input, child);
  const feedEnd = options.inputFrom && feed(child, options.inputFrom, options);
  const [own, feeder] = await Promise.allSettled([end, feedEnd]);
  options.signal.throwIfAborted();
  if (feeder.status === 'rejected') throw feeder.reason;
  if (feeder.value?.exitCode) throw failureOf(options.inputFrom?.program ?? '', feeder.value);
  if (own.status === 'rejected') throw own.reason;
  if (own.value.exitCode !== 0 && !options.allowFailure) throw failureOf(program, own.value);
  return own.value;
}

function launch(
  program: string,
  args: readonly string[],
  options: CommandOptions,
  stdin: 'pipe' | 'ignore',
): ChildProcess {
  return spawn(program, args, {
    cwd: options.directory,
    // Messages are matched and shown; a localised one would be neither matched nor understood.
    env: { ...process.env, ...options.environment, LANG: 'C', LC_ALL: 'C', LANGUAGE: 'C' },
    stdio: [stdin, 'pipe', 'pipe'],
    signal: options.signal,
  });
}

/** Undefined when the reader stopped before the end: how the feeder took that says nothing. */
async function feed(
  child: ChildProcess,
  source: { readonly program: string; readonly arguments: readonly string[] },
  options: CommandOptions,
): Promise<Ended<string> | undefined> {
  const feeder = launch(source.program, source.arguments, options, 'ignore');
  const moved = move(feeder.stdout as Readable, child);
  const result = await endOf(source.program, feeder, moved);
  return result.stdout === 'cut' ? undefined : result;
}

/** Never rejects: whether the program liked its input is told by its exit code. */
async function move(input: Readable, child: ChildProcess): Promise<'whole' | 'cut'> {
  return await pipeline(input, child.stdin as Writable).then(
    () => 'whole',
    () => 'cut',
  );
}

async function endOf<Stdout>(
  program: string,
  child: ChildProcess,
  stdoutRead: Promise<Stdout>,
): Promise<Ended<Stdout>> {
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', (error) => reject(startFailureOf(program, error)));
    child.once('close', (code, signal) =>
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']),
    );
  });
  const [exitCode, stdout, stderr] = await Promise.all([exited, stdoutRead, readTail(child)]);
  return { stdout, stderr, exitCode };
}

async function readLimited(program: string, child: ChildProcess, options: CommandOptions) {
  const limitBytes = options.outputLimitBytes ?? DEFAULT_OUTPUT_LIMIT_BYTES;
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of child.stdout as Readable) {
    sizeBytes += (chunk as Buffer).length;
    if (sizeBytes > limitBytes) {
      child.kill();
      throw new LabsweepError(`${program} printed more than ${limitBytes} bytes; it was stopped`);
    }
    chunks.push(chunk as Buffer);
    options.onOutput?.(String(chunk));
  }
  return Buffer.concat(chunks);
}

async function readTail(child: ChildProcess): Promise<string> {
  let tail = '';
  for await (const chunk of child.stderr as Readable) {
    tail = (tail + String(chunk)).slice(-STDERR_LIMIT_CHARACTERS);
  }
  return tail;
}

function startFailureOf(program: string, error: NodeJS.ErrnoException): Error {
  if (error.code !== 'ENOENT') return error;
  const name = DEBIAN_PACKAGE_OF[program];
  const hint = name ? `; on Debian: apt-get install ${name}` : '';
  return new LabsweepError(`the program ${program} is not installed here${hint}`, { cause: error });
}

function failureOf(program: string, result: Ended<unknown>): LabsweepError {
  const lines = result.stderr.trimEnd().split('\n').slice(-STDERR_LINES_SHOWN).join('\n');
  return new LabsweepError(`${program} ended with exit code ${result.exitCode}:\n${lines}`);
}
