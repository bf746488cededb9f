// SPDX-License-Identifier: Apache-2.0
/** Turns how a reproducer ended on this host, and what it printed, into the result of its trial. */
import { formatCpuList } from '../cpu-list.js';
import type { Facts } from '../io/host-tree.js';
import type { ProcessEnd } from '../io/process.js';
import { readMemoryState } from '../memory-state.js';
import { signalNumber } from '../signal-name.js';
import type { ProgramEnd, Transcript } from '../transcript.js';
import type { Trouble } from '../trial-evidence.js';
import { validateTrial } from '../validate.js';
import type { Placement } from './native-placement.js';
import type { RunResult, TrialOrder } from './runner.js';
import { requirementsOf } from './trial-requirements.js';

/** A reproducer prints a few lines; one that prints more than this has gone astray. */
export const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

export interface NativeEnd {
  readonly order: TrialOrder;
  readonly placement: Placement;
  readonly end: ProcessEnd;
  readonly facts: Facts;
  /** What an audit left; empty otherwise. */
  readonly dump: Uint8Array;
}

export function nativeResult(seen: NativeEnd): RunResult {
  const { order, end, facts, dump } = seen;
  const state = dump.length === 0 ? undefined : linesOf(new TextDecoder().decode(dump));
  const transcript = {
    ...transcriptOf(end, facts),
    ...(state !== undefined && { state }),
  };
  const labTrouble =
    describeRefusal(end) ?? describeOverflow(end) ?? findMovedCpus(seen.placement, facts);
  const outcome = validateTrial(requirementsOf(order), {
    transcript,
    consoleTail: '',
    ...(end.wasStopped && { stopped: { afterMs: end.durationMs, limit: 'deadline' } }),
    ...(labTrouble !== undefined && { labTrouble }),
  });
  const output = Buffer.concat([end.stdout, end.stderr]);
  const { environment } = order;
  if (state === undefined) return { outcome, environment, output };
  return { outcome: { ...outcome, state: readMemoryState(state) }, environment, output, dump };
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

/** The exit code by which run-pinned says that it could not make the conditions true. */
const EXIT_REFUSED = 125;

/**
 * run-pinned, env and audit end as the reproducer does; where one cannot start it, it says so
 * itself and exits with 126 or 127.
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
      const isOurs = ending.code > EXIT_REFUSED && /^(env|run-pinned|audit): /.test(stderr);
      return isOurs
        ? { kind: 'not-executed', message: stderr.trim() }
        : { kind: 'exited', code: ending.code };
    }
  }
}

function describeRefusal({ ending, stderr }: ProcessEnd): Trouble | undefined {
  const words = new TextDecoder().decode(stderr).trim();
  const isRefusal = ending.kind === 'exited' && ending.code === EXIT_REFUSED;
  if (!isRefusal || !/^(run-pinned|audit): /.test(words)) return undefined;
  const message = `the reproducer could not be placed as asked: ${words}`;
  return { class: 'placement-mismatch', message };
}

function describeOverflow(end: ProcessEnd): Trouble | undefined {
  if (!end.hasOverflowed) return undefined;
  const mib = OUTPUT_BYTES_MAX / 1024 / 1024;
  return { class: 'garbage-output', message: `the reproducer printed more than ${mib} MiB` };
}

/** Looked at after the run, since anybody may bring a CPU back or move a process meanwhile. */
export function findMovedCpus(placement: Placement, facts: Facts): Trouble | undefined {
  const cpus = formatCpuList(placement.cpus);
  const online = [facts.online_cpu_list, facts.online_cpu_list_end];
  const other = online.find((list) => list !== undefined && list !== cpus);
  if (placement.smpBy === 'offline' && other !== undefined) {
    const message = `only CPUs ${cpus} were to be online, but ${other} were`;
    return { class: 'cpu-mismatch', message };
  }
  const pinned = facts.pinned_cpus_end;
  if (pinned === undefined || pinned === cpus) return undefined;
  const message = `the reproducer was pinned to CPUs ${cpus}, but ended on ${pinned}`;
  return { class: 'placement-mismatch', message };
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
