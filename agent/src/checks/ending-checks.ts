// SPDX-License-Identifier: Apache-2.0
/**
 * Checks on how a machine ended: by a word of its kernel, by our deadline, or without its end mark.
 * An exit status of QEMU is no evidence here, since it is 0 after a panic as well.
 */
import type { ConsoleReading, GuestStage } from '../classify-console.js';
import { formatSeconds } from '../format-seconds.js';
import type { Check, TrialEvidence, TrialRequirements } from '../trial-evidence.js';

const STAGE_WORDS: Readonly<Record<GuestStage, string>> = {
  firmware: 'before the kernel said a word',
  boot: 'during boot',
  init: "in the guest's init",
  run: 'while the reproducer ran',
  done: 'after the reproducer had ended',
};

export const checkPanic: Check = (asked, { console }) => {
  if (console?.panic === undefined) return undefined;
  const { line, stage } = console.panic;
  const after = console.oops === undefined ? '' : `, after '${console.oops.line}'`;
  return {
    class: 'panic',
    message: `'${line}' ${STAGE_WORDS[stage]}${after}`,
    isEmulatorArtefact: isEmulatorArtefact(asked, console),
  };
};

/** Bit 7 of the taint mask: the kernel has oopsed. */
const TAINT_DIED = 128;

export const checkOops: Check = (asked, { console, transcript: { facts } }) => {
  if (console?.oops !== undefined) {
    const { line, stage } = console.oops;
    return {
      class: 'oops',
      message: `'${line}' ${STAGE_WORDS[stage]}`,
      isEmulatorArtefact: isEmulatorArtefact(asked, console),
    };
  }
  const gained = Number(facts.tainted_end ?? 0) & ~Number(facts.tainted ?? 0);
  if ((gained & TAINT_DIED) === 0) return undefined;
  return {
    class: 'oops',
    message: 'the kernel was tainted by an oops during the run; see its log',
  };
};

/**
 * Multi-threaded TCG now and then lets a guest of several CPUs trip over a half patched instruction
 * in early boot (2 of 146 boots; none of 1,060 with one CPU). No kernel is to blame for that.
 */
function isEmulatorArtefact(asked: TrialRequirements, console: ConsoleReading): boolean {
  return (
    asked.environment === 'qemu-tcg' &&
    asked.smp > 1 &&
    console.oops?.stage === 'boot' &&
    /\bint3\b/.test(console.oops.line)
  );
}

export const checkInitError: Check = (_asked, { transcript, console }) => {
  const error = transcript.error ?? console?.initError;
  return error === undefined
    ? undefined
    : { class: 'init-failed', message: `the guest's init gave up: ${error}` };
};

const STUCK_CLASSES = {
  firmware: 'no-output',
  boot: 'boot-stuck',
  init: 'init-failed',
  run: 'deadline',
  done: 'deadline',
} as const satisfies Record<GuestStage, string>;

/** A whole transcript counts even if the machine then failed to switch itself off. */
export const checkStopped: Check = (asked, { transcript, console, stopped }) => {
  if (stopped === undefined || transcript.complete) return undefined;
  const stage = console?.stage ?? 'run';
  const waited = formatSeconds(stopped.afterMs);
  return {
    class: STUCK_CLASSES[stage],
    message:
      `the ${stopped.limit} of ${waited} passed ${STAGE_WORDS[stage]}` +
      `${describeLastLine(console)}; ${adviseStopped(stage)}`,
    isEmulatorArtefact: isStuckMicrovm(asked, console),
  };
};

/**
 * An emulated microvm now and then finds no clock to measure its own by, and then waits for ever
 * (7 of 75 boots, and 2 of 12): the same kernel passes the next time.
 */
function isStuckMicrovm(asked: TrialRequirements, console: ConsoleReading | undefined): boolean {
  return (
    asked.environment === 'qemu-tcg' &&
    asked.guest?.settings.machine === 'microvm' &&
    console?.stage === 'boot' &&
    /could not calculate TSC khz|tsc: No reference \(HPET\/PMTIMER\)/.test(console.lastLine)
  );
}

/** A kernel that does not fit into its memory is silent, and so is a file that is no kernel. */
const SILENT_ADVICE = 'check the image, and give the guest more memory';

function adviseStopped(stage: GuestStage): string {
  if (stage === 'firmware') return SILENT_ADVICE;
  if (stage === 'boot') return 'command_line = "loglevel=7" shows more of a boot that is stuck';
  return 'raise the deadline if that is too short for this workload';
}

export const checkEndMark: Check = (_asked, seen) => {
  const { transcript, console } = seen;
  if (transcript.complete) return undefined;
  const last = describeLastLine(console);
  if (console?.stage === 'firmware') {
    return {
      class: 'no-output',
      message: `the guest ended and its kernel printed nothing; ${SILENT_ADVICE}`,
    };
  }
  if (console?.stage === 'boot') {
    return {
      class: 'reset',
      message: `the guest ended by itself during boot, without a panic${last}`,
    };
  }
  if (console?.stage === 'init') {
    return {
      class: 'init-failed',
      message: `the guest ended in its init, without a word why${last}`,
    };
  }
  return describeCutRun(seen, last);
};

/**
 * A guest that says it is done sent everything; what is missing then was lost on the way. A reset
 * without a panic is the guest's doing; an end of any other kind is only the lack of an end mark.
 */
function describeCutRun({ transcript, console, shutdownReason }: TrialEvidence, last: string) {
  if (transcript.damage !== undefined || console?.stage === 'done') {
    const damage = transcript.damage ?? 'the end frame is missing';
    return { class: 'truncated', message: `the result channel is not whole: ${damage}` } as const;
  }
  const by = shutdownReason === undefined ? '' : ` (${shutdownReason})`;
  if (shutdownReason !== undefined && shutdownReason !== 'guest-reset') {
    return {
      class: 'truncated',
      message: `the machine went away${by} while the reproducer ran, without the end frame${last}`,
    } as const;
  }
  return {
    class: 'reset',
    message: `the guest reset${by} while the reproducer ran, without a panic${last}`,
  } as const;
}

function describeLastLine(console: ConsoleReading | undefined): string {
  return console === undefined || console.lastLine === ''
    ? ''
    : `, last console line '${console.lastLine.slice(0, 200)}'`;
}
