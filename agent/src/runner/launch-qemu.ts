// SPDX-License-Identifier: Apache-2.0
/**
 * Starts QEMU and says how its process ended, in words. What the guest did is in the files it
 * wrote.
 */
import { type ProcessEnd, runProcess } from '../io/process.js';
import { readDroppedFeatures } from './dropped-features.js';

/** QEMU itself says little; more than this is a flood of warnings. */
const OUTPUT_BYTES_MAX = 1024 * 1024;

export interface QemuEnd {
  readonly wasStopped: boolean;
  readonly durationMs: number;
  /**
   * Why the guest never started, or was torn down by QEMU itself; undefined when QEMU did its part.
   */
  readonly problem?: string;
  /** True where a signal that was not ours ended QEMU. */
  readonly wasKilled: boolean;
  /**
   * As QEMU ended, where it ended by itself. It proves nothing of the guest: 0 follows a panic too.
   */
  readonly exitCode?: number;
  /** True when KVM is the cause of the problem. */
  readonly isKvmProblem: boolean;
  /** Of the CPU model that was asked for; `none` where the guest has all of them. */
  readonly droppedFeatures: string;
}

export async function launchQemu(request: {
  readonly qemuBinary: string;
  readonly arguments: readonly string[];
  readonly workingDirectory: string;
  readonly stop: AbortSignal;
  readonly signal?: AbortSignal;
}): Promise<QemuEnd> {
  const { qemuBinary, ...rest } = request;
  const end = await runProcess({
    ...rest,
    command: qemuBinary,
    outputBytesMax: OUTPUT_BYTES_MAX,
  });
  const words = meaningfulWords(end.stderr);
  const problem = describeProblem({ end, words, qemuBinary });
  return {
    wasStopped: end.wasStopped,
    wasKilled: end.ending.kind === 'signalled' && !end.wasStopped,
    durationMs: end.durationMs,
    droppedFeatures: readDroppedFeatures(new TextDecoder().decode(end.stderr)),
    isKvmProblem: /\bkvm\b|\bMSR\b/i.test(problem ?? ''),
    ...(problem !== undefined && { problem }),
    ...(end.ending.kind === 'exited' && { exitCode: end.ending.code }),
  };
}

/** A guest that KVM has given up on stays there, silent, until it is stopped. */
const KVM_GAVE_UP = /KVM internal error[^|]*[^| ]|KVM: entry failed[^|]*[^| ]/;

function describeProblem(seen: { end: ProcessEnd; words: string; qemuBinary: string }) {
  const { end, words, qemuBinary } = seen;
  const gaveUp = KVM_GAVE_UP.exec(words)?.[0];
  if (gaveUp !== undefined) return `${gaveUp}: KVM opens here but cannot run this guest`;
  if (end.ending.kind === 'not-started') {
    return (
      `${qemuBinary} could not be started: ${end.ending.message}; ` +
      'install it by `apt-get install qemu-system-x86`'
    );
  }
  if (end.wasStopped) return undefined;
  if (end.ending.kind === 'signalled') {
    return `${qemuBinary} was killed by ${end.ending.signal}${words && `: ${words}`}`;
  }
  // The boot sector ends QEMU with 33; a guest cannot choose 1, which is QEMU's own refusal.
  return end.ending.code === 1 ? `${qemuBinary} refused to run: ${words}` : undefined;
}

/** Warnings come with every start on some hosts, and are not what stopped anything. */
function meaningfulWords(stderr: Uint8Array): string {
  const lines = new TextDecoder()
    .decode(stderr)
    .split('\n')
    .map((line) => line.trim().replace(/^\S*qemu-system-\S+: /, ''))
    .filter((line) => line !== '' && !/^(\S+: )?warning: /.test(line));
  return lines.slice(0, 2).join(' | ').slice(0, 500);
}
