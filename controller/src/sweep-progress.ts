// SPDX-License-Identifier: Apache-2.0
/** Sums a sweep up for its user: the summary, and the progress with what runs right now. */
import type { Progress, SweepSummary } from '@labsweep/proto';
import type { AgentRegistry } from './agent-registry.js';
import { isEnded, type SweepState } from './fold/lab-state.js';
import { estimateRemainingMs } from './schedule/estimate-remaining.js';
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

export function progressOf(sweep: SweepState, agents: AgentRegistry, news: LabNews): Progress {
  const hosts = agents.hosts();
  const attached = hosts.filter((host) => host.attached);
  const ended = isEnded(sweep);
  return {
    summary: summarize(sweep),
    running: ended ? [] : runningTrials(sweep, agents),
    remainingMs: estimateRemainingMs(sweep, attached.length),
    waiting: ended ? [] : waitingRows(sweep, hosts),
    hostsAttached: attached.length,
    ...news,
  };
}

function runningTrials(sweep: SweepState, agents: AgentRegistry): Progress['running'] {
  return agents.leases().flatMap(({ sweep: id, host, running }) => {
    if (id !== sweep.submitted.sweep || running === undefined) return [];
    const hostName = agents.hello(host)?.host.name ?? host;
    return [{ ...running, hostName }];
  });
}
