// SPDX-License-Identifier: Apache-2.0
/** Turns how a reproducer ended on this host, and what it printed, into the result of its trial. */
import type { Facts } from '../io/host-tree.js';
import type { ProcessEnd } from '../io/process.js';
import { signalNumber } from '../signal-name.js';
import type { ProgramEnd, Transcript } from '../transcript.js';
import type { Trouble } from '../trial-evidence.js';
import { validateTrial } from '../validate.js';
import type { RunResult, TrialOrder } from './runner.js';
import { requirementsOf } from './trial-requirements.js';

/** A reproducer prints a few lines; one that prints more than this has gone astray. */
export const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

export function nativeResult(seen: {
  readonly order: TrialOrder;
  readonly end: ProcessEnd;
  readonly facts: Facts;
}): RunResult {
  const { order, end, facts } = seen;
  const labTrouble = describeOverflow(end);
  const outcome = validateTrial(requirementsOf(order), {
    transcript: transcriptOf(end, facts),
    consoleTail: '',
    ...(end.wasStopped && { stopped: { afterMs: end.durationMs, limit: 'deadline' } }),
    ...(labTrouble !== undefined && { labTrouble }),
  });
  const output = Buffer.concat([end.stdout, end.stderr]);
  return { outcome, environment: order.environment, output };
}

function transcriptOf(end: ProcessEnd, facts: Facts): Transcript {
  const stderr = new TextDecoder().decode(end.stderr);
  const ending = endOf(end, stderr);
  return {
    facts,
    stdout: linesOf(new TextDecoder().decode(end.stdout)),
    stderr: linesOf(stderr),
    ...(ending !== undefined && { end: ending }),
    complete: !end.wasStopped,
  };
}

/**
 * taskset and env become the reproducer; where one cannot, it says so and exits with 126 or 127.
 */
function endOf({ ending }: ProcessEnd, stderr: string): ProgramEnd | undefined {
  switch (ending.kind) {
    case 'not-started':
      return { kind: 'not-executed', message: ending.message };
    case 'signalled': {
      const signal = signalNumber(ending.signal);
      return signal === undefined ? undefined : { kind: 'signalled', signal };
    }
    case 'exited': {
      const isOurs = ending.code >= 126 && /^(env|taskset): /.test(stderr);
      return isOurs
        ? { kind: 'not-executed', message: stderr.trim() }
        : { kind: 'exited', code: ending.code };
    }
  }
}

function describeOverflow(end: ProcessEnd): Trouble | undefined {
  if (!end.hasOverflowed) return undefined;
  const mib = OUTPUT_BYTES_MAX / 1024 / 1024;
  return { class: 'garbage-output', message: `the reproducer printed more than ${mib} MiB` };
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
