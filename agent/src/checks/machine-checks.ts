// SPDX-License-Identifier: Apache-2.0
/**
 * Checks that the machine of a trial was the one asked for: its kernel, its command line, its CPUs.
 * They pass when the machine never came far enough to say so; why it did not is for the other
 * checks.
 */
import { parseCpuList } from '../cpu-list.js';
import type { Check } from '../trial-evidence.js';

export const checkKernelRelease: Check = (asked, { transcript, console }) => {
  const seen = transcript.facts.kernel_release ?? console?.release;
  if (asked.kernelRelease === undefined || seen === undefined || seen === asked.kernelRelease) {
    return undefined;
  }
  const where = asked.environment === 'native' ? 'this host runs' : 'the guest runs';
  const advice =
    asked.environment === 'native'
      ? 'boot the host into that kernel, or use qemu for this row'
      : 'check that the image belongs to the release';
  return {
    class: 'kernel-mismatch',
    message: `kernel ${asked.kernelRelease} was asked for, ${where} ${seen}; ${advice}`,
  };
};

/** These change the CPU count or the interrupt path, and must never slip in unasked. */
const UNASKED_WORDS = /^(nolapic|maxcpus=.*|nr_cpus=.*|nosmp)$/;

export const checkCommandLine: Check = (asked, { transcript }) => {
  const cmdline = transcript.facts.cmdline;
  if (cmdline === undefined) return undefined;
  const booted = wordsOf(cmdline);
  const wanted = wordsOf(asked.commandLine);
  const problem =
    findForbidden(booted, asked.environment === 'native' ? undefined : wanted) ??
    describeMissing(wanted.find((word) => !booted.includes(word))) ??
    (asked.guest && describeDifference(booted, wordsOf(asked.guest.commandLine)));
  if (problem === undefined) return undefined;
  return { class: 'command-line-mismatch', message: `${problem}; it is '${cmdline}'` };
};

/**
 * `wanted` is undefined on a host, whose own command line is not ours to question beyond `noapic`.
 */
function findForbidden(booted: readonly string[], wanted: readonly string[] | undefined) {
  if (booted.includes('noapic')) {
    return 'the booted command line holds noapic, with which CPU counts are not comparable';
  }
  if (wanted === undefined) return undefined;
  const unasked = booted.find((word) => UNASKED_WORDS.test(word) && !wanted.includes(word));
  return unasked && `the booted command line holds ${unasked}, which was not asked for`;
}

/** A guest was given each of its words by us; a kernel with words built in is another thing. */
function describeDifference(booted: readonly string[], given: readonly string[]) {
  const extra = booted.find((word) => !given.includes(word));
  const missing = given.find((word) => !booted.includes(word));
  return (
    (extra && `the booted command line holds ${extra}, which nobody gave it`) ??
    (missing && `the booted command line lacks ${missing}, which it was given`)
  );
}

function describeMissing(word: string | undefined): string | undefined {
  return word && `the booted command line lacks ${word}, which was asked for`;
}

export const checkCpuCount: Check = (asked, { transcript }) => {
  const { facts } = transcript;
  const pinned = facts.pinned_cpus;
  if (asked.environment === 'native' && pinned !== undefined) {
    const seen = parseCpuList(pinned).length;
    return describeCpus({ asked: asked.smp, seen, what: `pinned to (${pinned})` });
  }
  const start = facts.online_cpus;
  const end = facts.online_cpus_end;
  const list = facts.online_cpu_list ?? 'list unknown';
  const limiter = wordsOf(asked.commandLine).find((word) => UNASKED_WORDS.test(word));
  const cause = limiter && `; the spec's own ${limiter} limits them`;
  return (
    (start === undefined
      ? undefined
      : describeCpus({ asked: asked.smp, seen: Number(start), what: `online (${list})`, cause })) ??
    (end === undefined
      ? undefined
      : describeCpus({ asked: asked.smp, seen: Number(end), what: 'online at the end', cause }))
  );
};

function describeCpus(count: {
  asked: number;
  seen: number;
  what: string;
  cause?: string | undefined;
}) {
  if (count.seen === count.asked) return undefined;
  const advice = count.cause ?? "; look for 'smp' in the console";
  const seen = `CPUs ${count.what}: ${count.seen}`;
  const message = `smp = ${count.asked} was asked for, but ${seen}${advice}`;
  return { class: 'cpu-mismatch', message } as const;
}

function wordsOf(commandLine: string): string[] {
  return commandLine.split(/\s+/).filter((word) => word !== '');
}
