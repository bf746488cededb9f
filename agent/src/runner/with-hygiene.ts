// SPDX-License-Identifier: Apache-2.0
/**
 * Runs each trial of another runner between two looks at the host. A trial during which the host
 * moved does not count, whatever it measured; what was measured is kept in its outcome. One for
 * which the host is not ready is not begun. What to look at is for the hygiene to say.
 */
import type { HygieneRecord, Note, Outcome, Permission } from '@labsweep/proto';
import { formatSeconds } from '../format-seconds.js';
import { HostUnreadyError } from '../host-unready-error.js';
import type { Hygiene, HygieneSession } from '../hygiene/hygiene.js';
import { FACT_LENGTH_MAX } from '../hygiene/hygiene-limits.js';
import { readAllowedCpus } from '../io/allowed-cpus.js';
import { ABSENT, type Facts } from '../io/host-tree.js';
import type { PlacedRunner, Runner, RunResult, TrialOrder } from './runner.js';

export interface HygieneParts {
  readonly hygiene: Hygiene;
  readonly permissions: readonly Permission[];
  readonly note?: Note;
}

/** The outcome has all of them; a message that long would not be read. */
const REASONS_SHOWN_MAX = 3;

export function withHygiene(inner: Runner, parts: HygieneParts): Runner {
  let waiting = '';
  const says = (text: string) => {
    waiting = text;
  };
  return {
    kind: inner.kind,
    get waiting() {
      return waiting;
    },
    probe: () => inner.probe(),
    run: (order, signal) => run({ ...parts, inner, order, signal, says }),
    close: () => inner.close(),
  };
}

interface Run extends HygieneParts {
  readonly inner: Runner;
  readonly order: TrialOrder;
  readonly signal: AbortSignal;
  /** Tells what the trial waits for; the empty text when it does not wait. */
  says(text: string): void;
}

async function run({ hygiene, permissions, inner, order, signal, ...to }: Run): Promise<RunResult> {
  if (order.hygiene === 'enforce' && !permissions.includes('tune')) {
    throw unready(order, ['this agent may not change settings; start it with `--may tune`']);
  }
  const start = await hygiene
    .begin({
      mode: order.hygiene,
      cpus: await cpusOf(inner, order),
      workload: identityOf(order),
      preparations: order.preparations,
      isMemoryBound: order.native.numaNode !== undefined,
      signal,
      waits: (reasons, limitMs) => {
        const limit = formatSeconds(limitMs);
        const text = `${order.trial} waits up to ${limit} for the host: ${shorten(reasons)}`;
        to.says(text);
        to.note?.(text);
      },
    })
    .finally(() => to.says(''));
  if (!start.ok) throw unready(order, start.refusal, start.waitedMs);
  return runWatched({ inner, order, signal, session: start.session });
}

/** What was built how, and is called how; the working directory is always a folder of its own. */
function identityOf({ workload }: TrialOrder): Facts {
  const { name, compiler, flags, variables } = workload;
  const words = workload.arguments.join(' ');
  return {
    binary: workload.binaryPath,
    workload_name: name,
    workload_compiler: compiler || ABSENT,
    workload_flags: flags.join(' ') || ABSENT,
    workload_arguments: words.slice(0, FACT_LENGTH_MAX) || ABSENT,
    workload_variables: String(Object.keys(variables).length),
  };
}

/** A guest's threads may be on any CPU that is ours, and so may a trial that cannot be placed. */
async function cpusOf(inner: Runner, order: TrialOrder): Promise<readonly number[]> {
  const placed = isPlaced(inner) ? await inner.cpusFor(order) : [];
  return placed.length > 0 ? placed : readAllowedCpus('/');
}

const isPlaced = (runner: Runner): runner is PlacedRunner => 'cpusFor' in runner;

async function runWatched(watched: {
  readonly inner: Runner;
  readonly order: TrialOrder;
  readonly signal: AbortSignal;
  readonly session: HygieneSession;
}): Promise<RunResult> {
  const { inner, order, signal, session } = watched;
  try {
    const result = await inner.run(order, signal);
    const record = await session.after();
    return { ...result, outcome: judge(order, result.outcome, record) };
  } finally {
    // Only a trial that has thrown is still open here.
    await session.abandon();
  }
}

/**
 * A finding stays a finding: what went wrong in it is not a number that a busy host has moved. Nor
 * is the state of a workload's memory, or what calls which function.
 */
function judge(order: TrialOrder, outcome: Outcome, hygiene: HygieneRecord): Outcome {
  const isNumber = outcome.status === 'measured' && order.purpose === 'timing';
  if (!isNumber || hygiene.disturbances.length === 0) {
    return { ...outcome, hygiene };
  }
  const message = `the host moved while the trial ran: ${shorten(hygiene.disturbances)}`;
  const failure = { class: 'host-disturbed' as const, message };
  return { ...outcome, status: 'lab-failed', failure, hygiene };
}

function unready({ hygiene }: TrialOrder, reasons: readonly string[], waitedMs = 0): Error {
  const waited = waitedMs > 0 ? ` after ${formatSeconds(waitedMs)} of waiting` : '';
  return new HostUnreadyError(`hygiene = ${hygiene} is not met${waited}: ${shorten(reasons)}`);
}

function shorten(reasons: readonly string[]): string {
  const shown = reasons.slice(0, REASONS_SHOWN_MAX).join('; ');
  const rest = reasons.length - REASONS_SHOWN_MAX;
  return rest > 0 ? `${shown}; and ${rest} more` : shown;
}
