// SPDX-License-Identifier: Apache-2.0
/**
 * One process at a time, by flock(2) on a file. The kernel gives the lock back however its holder
 * ends, so there is no stale lock to clean up. It works on one machine, not over network file
 * systems.
 */
import { PassThrough } from 'node:stream';
import { LabsweepError } from '@labsweep/proto';
import { runCommand } from './command.js';

/** Longer than the biggest download at a slow line; whoever waits can be aborted. */
const WAIT_SECONDS = 3600;
const CONFLICT_EXIT_CODE = 75;

/**
 * The arguments of `flock` that run a command under the lock; the command replaces flock itself.
 */
export function flockArguments(path: string, command: readonly string[]): readonly string[] {
  const limits = [`--timeout=${WAIT_SECONDS}`, `--conflict-exit-code=${CONFLICT_EXIT_CODE}`];
  return ['--no-fork', ...limits, path, ...command];
}

/** Throws when the lock was not to be had within an hour. */
export function requireLocked(path: string, exitCode: number): void {
  if (exitCode !== CONFLICT_EXIT_CODE) return;
  throw new LabsweepError(
    `another process has held ${path} for an hour; end it, or try again later`,
  );
}

/** Runs `body` while this process holds the lock; the file stays behind, empty. */
export async function withFileLock<Result>(
  path: string,
  signal: AbortSignal,
  body: () => Promise<Result>,
): Promise<Result> {
  // Under the lock runs a cat: its first output says that it has begun, closing its input ends it.
  const input = new PassThrough();
  input.write('held\n');
  let onHeld = () => {};
  const held = new Promise<void>((resolve) => {
    onHeld = resolve;
  });
  const holder = runCommand('flock', flockArguments(path, ['cat']), {
    signal,
    input,
    onOutput: () => onHeld(),
    allowFailure: true,
  });
  try {
    const ended = await Promise.race([held, holder]);
    if (ended) requireLocked(path, ended.exitCode);
    if (ended) throw new LabsweepError(`cannot lock ${path}: ${ended.stderr.trim()}`);
    return await body();
  } finally {
    input.end();
    await holder.catch(() => undefined);
  }
}
