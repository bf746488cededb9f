// SPDX-License-Identifier: Apache-2.0
/**
 * Holds what was seen of a trial against what was asked of it, and gives its outcome. This is the
 * only place that says `measured`.
 */
import { failureStatus, type Outcome } from '@labsweep/proto';
import {
  checkEndMark,
  checkInitError,
  checkOops,
  checkPanic,
  checkStopped,
} from './checks/ending-checks.js';
import { checkCommandLine, checkCpuCount, checkKernelRelease } from './checks/machine-checks.js';
import {
  checkEndKnown,
  checkExecuted,
  checkExitCode,
  checkOutputWhole,
  checkPurposeServed,
  checkSignal,
  checkSupervisor,
} from './checks/program-checks.js';
import { findUnmetExpectation } from './expectations.js';
import { checkGuestTruth, checkRecordComplete } from './guest-truth.js';
import { readOutput } from './output.js';
import type { Check, TrialEvidence, TrialRequirements, Trouble } from './trial-evidence.js';

/**
 * In the order of cause and effect, since the first trouble found becomes the message. A wrong
 * kernel or command line explains all that follows; a panic is a finding whatever the CPU count;
 * too few CPUs or too little memory explain a missed deadline; and a run that is not whole has no
 * exit code worth reading.
 */
const CHECKS: readonly Check[] = [
  checkKernelRelease,
  checkCommandLine,
  checkPanic,
  checkOops,
  checkCpuCount,
  checkGuestTruth,
  checkInitError,
  checkStopped,
  checkEndMark,
  checkEndKnown,
  checkExecuted,
  checkOutputWhole,
  checkSupervisor,
  checkSignal,
  checkExitCode,
  checkPurposeServed,
  checkRecordComplete,
];

/**
 * The outcome of a trial; samples and facts are in it as far as they were seen, also after a
 * failure.
 */
export function validateTrial(
  asked: TrialRequirements,
  seen: TrialEvidence & { readonly consoleTail: string },
): Outcome {
  const required = [...asked.metrics, ...asked.expectations.map(({ metric }) => metric)];
  const output = readOutput(seen.transcript.stdout, required, asked.output);
  const trouble =
    seen.labTrouble ??
    firstTrouble(asked, seen) ??
    (output.problem === undefined
      ? findUnexpected(asked, output.samples)
      : ({ class: 'garbage-output', message: output.problem } as const));
  const { samples } = output;
  const common = { samples, facts: seen.transcript.facts, consoleTail: seen.consoleTail };
  return trouble === undefined
    ? { status: 'measured', ...common }
    : { ...fail(trouble), ...common };
}

function firstTrouble(asked: TrialRequirements, seen: TrialEvidence): Trouble | undefined {
  for (const check of CHECKS) {
    const trouble = check(asked, seen);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

function findUnexpected(
  asked: TrialRequirements,
  samples: Outcome['samples'],
): Trouble | undefined {
  const message = findUnmetExpectation(samples, asked.expectations);
  return message === undefined ? undefined : { class: 'unexpected-result', message };
}

function fail({ class: failureClass, message, isEmulatorArtefact = false }: Trouble) {
  const status = failureStatus({ class: failureClass, isEmulatorArtefact });
  const note = isEmulatorArtefact ? '; known of emulation, so the trial is retried' : '';
  return { status, failure: { class: failureClass, message: message + note } };
}
