// SPDX-License-Identifier: Apache-2.0
/** Sums a sweep up for its user: the summary, and the progress with what runs right now. */
import type { Progress, SweepSummary } from '@labsweep/proto';
import type { AgentRegistry } from './agent-registry.js';
import { isEnded, type LabState, type SweepState } from './fold/lab-state.js';
import { estimateRemainingMs } from './schedule/estimate-remaining.js';
import type { Scheduler } from './schedule/scheduler.js';
import { waitingRows } from './schedule/waiting-rows.js';

export function summarize(sweep: SweepState): SweepSummary {
  const { submitted } = sweep;
  return {
    sweep: submitted.sweep,
    state: stateOf(sweep),
    blocksTotal: sweep.blocks.size,
    blocksDecided: sweep.decidedCount,
    trialsTotal: sweep.plan.trialCount,
    trialsSettled: sweep.settledCount,
    submittedAtMs: submitted.atMs,
    by: submitted.by,
  };
}

function stateOf(sweep: SweepState): SweepSummary['state'] {
  if (sweep.cancelledAtMs !== undefined) return 'cancelled';
  if (isEnded(sweep)) return 'finished';
  return sweep.isPaused ? 'paused' : 'running';
}

/** What the progress of every sweep of the lab tells. */
export type LabNews = Pick<Progress, 'troubles' | 'setAside'>;

export interface ProgressParts {
  readonly lab: LabState;
  readonly agents: AgentRegistry;
  readonly scheduler: Scheduler;
  readonly news: LabNews;
  /** Of the steady clock. */
  readonly nowMs: number;
}

/** Looks at rows, hosts and leases, and at no block that nobody has begun. */
export function progressOf(sweep: SweepState, parts: ProgressParts): Progress {
  const { lab, agents, scheduler, news, nowMs } = parts;
  const { roster, estimates } = scheduler;
  const hostsAttached = agents.attachedCount();
  const queue = scheduler.queue(sweep.submitted.sweep);
  return {
    summary: summarize(sweep),
    running: runningTrials(sweep, parts),
    remainingMs: queue === undefined ? 0 : estimateRemainingMs(queue, estimates, hostsAttached),
    waiting: queue === undefined ? [] : waitingRows(queue, { lab, roster, nowMs }),
    hostsAttached,
    ...news,
    troubles: [...news.troubles, ...hostTroubles(scheduler)],
  };
}

/** Nobody reads those of a thousand hosts. */
const HOST_TROUBLES_MAX = 8;

function hostTroubles({ roster, leases }: Scheduler): readonly string[] {
  const troubled = roster.all().filter(({ attached, trouble }) => attached && trouble !== '');
  const texts = troubled.map(({ id, description: { name }, trouble }) =>
    leases.ofHost(id) === undefined ? `${name} gets no work: ${trouble}` : `${name}: ${trouble}`,
  );
  const rest = texts.length - HOST_TROUBLES_MAX;
  if (rest <= 0) return texts;
  return [...texts.slice(0, HOST_TROUBLES_MAX), `${rest} more hosts get no work`];
}

function runningTrials(sweep: SweepState, { agents, scheduler }: ProgressParts) {
  if (isEnded(sweep)) return [];
  return scheduler.leases.ofSweep(sweep.submitted.sweep).flatMap(({ host, running }) => {
    if (running === undefined) return [];
    return [{ ...running, hostName: agents.hello(host)?.host.name ?? host }];
  });
}
