// SPDX-License-Identifier: Apache-2.0
/**
 * Starts the processes of an embedded lab and stops them; the one place of this package that does.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { LabsweepError } from '@labsweep/proto';

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logPath: string;
  /** Settles with words for how it ended: `exit code 1`, `signal SIGKILL`. */
  readonly exited: Promise<string>;
  /** Asks it to end, and kills it when it takes longer than `limitMs`. */
  stop(limitMs: number): Promise<void>;
  kill(): void;
}

export interface ChildOptions {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Standard error, and standard output unless `onOutput` takes it, are appended here. */
  readonly logPath: string;
  onOutput?(text: string): void;
}

/**
 * The child gets a session of its own, so that Ctrl-C reaches only us and we stop it in order. Its
 * standard input is a pipe that nobody writes to: it ends with us, however we die. Throws
 * LabsweepError when the program cannot be started.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const log = openSync(options.logPath, 'a');
  const output = options.onOutput === undefined ? log : 'pipe';
  const child = spawn(options.program, [...options.args], {
    detached: true,
    stdio: ['pipe', output, log],
  });
  closeSync(log);
  if (options.onOutput !== undefined) {
    child.stdout?.setEncoding('utf8').on('data', options.onOutput);
  }
  await started(child, options);
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
  });
  const { name, logPath } = options;
  const kill = () => child.kill('SIGKILL');
  const stop = async (limitMs: number) => {
    child.kill('SIGTERM');
    const timer = setTimeout(kill, limitMs);
    await exited;
    clearTimeout(timer);
  };
  return { name, pid: child.pid ?? 0, logPath, exited, stop, kill };
}

function started(child: ChildProcess, { name, program }: ChildOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      const hint = 'run the set-up script deploy/setup.sh, which installs what is missing';
      const message = `cannot start ${name} (${program}): ${error.message}; ${hint}`;
      reject(new LabsweepError(message, { cause: error }));
    });
  });
}
