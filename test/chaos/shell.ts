// SPDX-License-Identifier: Apache-2.0
/** Runs the system's tools for a chaos run, and says what they said when they fail. */
import { spawnSync } from 'node:child_process';

/** Throws with the command and its words when it does not end with 0. */
export function sh(program: string, ...args: readonly string[]): string {
  const failure = tryRun(program, ...args);
  if (failure.status === 0) return failure.stdout;
  throw new Error(`${program} ${args.join(' ')}: ${failure.words}`);
}

/** `words` is one line; it is empty for success. */
export function tryRun(
  program: string,
  ...args: readonly string[]
): { readonly status: number | null; readonly stdout: string; readonly words: string } {
  const { status, stdout, stderr, error } = spawnSync(program, [...args], { encoding: 'utf8' });
  const said = (stderr ?? '').trim().replaceAll('\n', '; ');
  const words = status === 0 ? '' : (error?.message ?? (said || `ended with ${status}`));
  return { status, stdout: stdout ?? '', words };
}
