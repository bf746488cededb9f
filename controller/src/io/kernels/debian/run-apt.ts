// SPDX-License-Identifier: Apache-2.0
/**
 * Runs one apt program inside a private root. Callers hold the root's lock; this one is a second
 * net.
 */
import { LabsweepError } from '@labsweep/proto';
import { type CommandResult, runCommand } from '../../command.js';
import { flockArguments, requireLocked } from '../../file-lock.js';
import type { PrivateRoot } from './private-root.js';

/** How flock ends when the program behind it cannot be started. */
const NOT_STARTED_EXIT_CODE = 69;
/** The uncompressed Packages list of a Debian release has about 60 MiB. */
const OUTPUT_LIMIT_BYTES = 512 * 1024 * 1024;

/**
 * Returns whatever exit code apt had. When this process is killed, apt works on to its end and
 * keeps its own lock as long; the next process waits for it and finds what it fetched.
 */
export async function runApt(
  root: PrivateRoot,
  program: 'apt-get' | '/usr/lib/apt/apt-helper',
  args: readonly string[],
  signal: AbortSignal,
): Promise<CommandResult> {
  const apt = [program, '-c', root.configurationPath, '-q', ...args];
  const result = await runCommand('flock', flockArguments(root.aptLockPath, apt), {
    signal,
    allowFailure: true,
    outputLimitBytes: OUTPUT_LIMIT_BYTES,
  });
  requireLocked(root.aptLockPath, result.exitCode);
  if (result.exitCode === NOT_STARTED_EXIT_CODE) {
    throw new LabsweepError(
      `${program} cannot be started; debian: sources need apt on this machine`,
    );
  }
  return result;
}
