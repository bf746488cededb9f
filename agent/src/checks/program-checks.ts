// SPDX-License-Identifier: Apache-2.0
/** Checks on how the reproducer itself ended. What it printed is judged elsewhere. */
import { signalName } from '../signal-name.js';
import type { Transcript } from '../transcript.js';
import type { Check } from '../trial-evidence.js';

export const checkExecuted: Check = (_asked, { transcript: { end } }) =>
  end?.kind === 'not-executed'
    ? {
        class: 'spawn-failed',
        message:
          `the reproducer could not be executed: ${end.message}; ` +
          'it must be a static binary for this machine',
      }
    : undefined;

export const checkSignal: Check = (_asked, { transcript }) =>
  transcript.end?.kind === 'signalled'
    ? {
        class: 'reproducer-signal',
        message:
          `the reproducer was killed by ${signalName(transcript.end.signal)}` +
          lastWords(transcript),
      }
    : undefined;

export const checkExitCode: Check = (_asked, { transcript }) =>
  transcript.end?.kind === 'exited' && transcript.end.code !== 0
    ? {
        class: 'reproducer-exit',
        message: `the reproducer exited with ${transcript.end.code}${lastWords(transcript)}`,
      }
    : undefined;

/** A whole transcript that does not say how the reproducer ended proves nothing about it. */
export const checkEndKnown: Check = (_asked, { transcript }) =>
  transcript.end === undefined
    ? { class: 'truncated', message: 'the transcript does not say how the reproducer ended' }
    : undefined;

function lastWords({ stdout, stderr }: Transcript): string {
  const isSaid = (line: string) => line.trim() !== '';
  const words = stderr.findLast(isSaid) ?? stdout.findLast(isSaid);
  return words === undefined
    ? ' and printed nothing'
    : `, its last line is '${words.slice(0, 200)}'`;
}
