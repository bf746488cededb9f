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

/**
 * A guest keeps what a program prints in memory until its end; what has no room there is lost. The
 * same binary prints as much every time, while a dump that takes the room is of our making.
 */
export const checkOutputWhole: Check = ({ purpose = 'timing' }, { transcript: { facts } }) => {
  const sizes = facts.output_overflow_bytes;
  if (sizes === undefined) return undefined;
  const isOurs = purpose !== 'timing';
  const what = isOurs ? `the ${purpose} and the reproducer wrote` : 'the reproducer printed';
  const message =
    `${what} more than the 16 MiB that a guest keeps (bytes kept: ${sizes}); ` +
    'what came after is lost, and the first MiB of each is shown';
  return { class: isOurs ? 'record-incomplete' : 'garbage-output', message };
};

/** By these codes a program that watches the reproducer says that it could not do so. */
const SUPERVISOR_EXITS = [125, 127];

export const checkSupervisor: Check = ({ purpose = 'timing' }, { transcript }) => {
  const { end, stderr } = transcript;
  const words = stderr.find((line) => line.startsWith(`${purpose}: `));
  if (end?.kind !== 'exited' || !SUPERVISOR_EXITS.includes(end.code) || words === undefined) {
    return undefined;
  }
  return { class: 'spawn-failed', message: `the ${purpose} could not be made: ${words}` };
};

/** What an audit or an attribution is for; without all of it the trial has shown nothing. */
export const checkPurposeServed: Check = ({ purpose }, { transcript }) => {
  if (purpose !== 'audit' && purpose !== 'attribution') return undefined;
  const [lines, what] =
    purpose === 'audit'
      ? [transcript.state, 'state of the memory']
      : [transcript.profile, 'profile of functions'];
  const problem =
    lines === undefined
      ? `the ${purpose} ended well and left no ${what}; give the guest more memory`
      : isCut(lines) &&
        `the ${purpose} left a ${what} that is cut after 4 MiB, so what was kept is not all ` +
          'there was; let the workload make fewer mappings';
  return problem ? { class: 'record-incomplete', message: problem } : undefined;
};

/** By this line the guest's init and the native runner say that a file was too long for them. */
export const CUT_LINE = '(cut)';

function isCut(lines: readonly string[]): boolean {
  return lines.findLast((line) => line !== '') === CUT_LINE;
}

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
