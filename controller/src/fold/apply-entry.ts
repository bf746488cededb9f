// SPDX-License-Identifier: Apache-2.0
/** Folds one log entry into the state. Entries may come twice and late; the result is the same. */
import {
  type Commanded,
  type HostJoined,
  type LogEntry,
  messageIdOf,
  type Submitted,
  type TrialEnded,
} from '@labsweep/proto';
import { planSweep } from '../plan/plan-sweep.js';
import { parseSpec } from '../spec/parse-spec.js';
import { formatProblem } from '../spec/spec-problem.js';
import { decideBlock } from './decide-block.js';
import type { AttemptState, BlockState, LabState, SweepState } from './lab-state.js';

/** True when the entry changed the state; false for a repetition and for an unknown sweep. */
export function applyEntry(state: LabState, entry: LogEntry): boolean {
  switch (entry.type) {
    case 'submitted':
      return applySubmitted(state, entry);
    case 'cancelled':
      return applyCancelled(state.sweeps.get(entry.sweep), entry.atMs);
    case 'commanded':
      return applyCommanded(state, entry);
    case 'host-commanded':
      return state.commands.take(entry);
    case 'host-joined':
      return applyHostJoined(state.sweeps.get(entry.sweep), entry);
    case 'trial-ended':
      return applyTrialEnded(state, entry);
  }
}

/** Builds the state of a sweep from its submission. Throws when the text is not a valid spec. */
export function newSweepState(submitted: Submitted): SweepState {
  const parsed = parseSpec({ text: submitted.specText, path: submitted.specPath });
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  const spec = { ...parsed.spec, seed: submitted.seed };
  const plan = planSweep(spec);
  return {
    submitted,
    spec,
    plan,
    rows: new Map(plan.rows.map((row) => [row.id, row])),
    blocks: new Map(plan.blocks.map((planned) => [planned.id, { planned, attempts: [] }])),
    hosts: [],
    entries: [],
    settledTrials: new Set(),
    decidedCount: 0,
    isPaused: false,
  };
}

function applySubmitted(state: LabState, entry: Submitted): boolean {
  if (state.sweeps.has(entry.sweep)) return false;
  state.sweeps.set(entry.sweep, newSweepState(entry));
  return true;
}

function applyCancelled(sweep: SweepState | undefined, atMs: number): boolean {
  if (sweep === undefined || sweep.cancelledAtMs !== undefined) return false;
  sweep.cancelledAtMs = atMs;
  return true;
}

/** A command about a sweep that the log does not hold says nothing. */
function applyCommanded(state: LabState, entry: Commanded): boolean {
  const sweep = state.sweeps.get(entry.sweep);
  if (sweep === undefined || !state.commands.take(entry)) return false;
  switch (entry.command.kind) {
    case 'pause':
      sweep.isPaused = true;
      return true;
    case 'resume':
      sweep.isPaused = false;
      return true;
    case 'cancel':
      applyCancelled(sweep, entry.atMs);
      return true;
    default:
      return true;
  }
}

function applyHostJoined(sweep: SweepState | undefined, entry: HostJoined): boolean {
  if (sweep === undefined || sweep.hosts.some((other) => other.session === entry.session)) {
    return false;
  }
  sweep.hosts.push(entry);
  return true;
}

function applyTrialEnded(state: LabState, entry: TrialEnded): boolean {
  const sweep = state.sweeps.get(entry.sweep);
  const block = sweep?.blocks.get(entry.block);
  const id = messageIdOf(entry);
  if (sweep === undefined || block === undefined || state.folded.has(id)) return false;
  if (!block.planned.trials.some((trial) => trial.id === entry.trial)) return false;
  state.folded.add(id);
  sweep.entries.push(entry);
  sweep.settledTrials.add(entry.trial);
  attemptOf(block, entry).outcomes.set(entry.trial, entry);
  settleDecision(sweep, block);
  return true;
}

/**
 * An attempt is named by its number and its host, so two controllers cannot give one name twice.
 */
function attemptOf(block: BlockState, entry: TrialEnded): AttemptState {
  const { attempt, host, environment } = entry;
  const known = block.attempts.find((other) => other.attempt === attempt && other.host === host);
  if (known !== undefined) return known;
  const fresh = { attempt, host, environment, outcomes: new Map() };
  block.attempts.push(fresh);
  return fresh;
}

function settleDecision(sweep: SweepState, block: BlockState): void {
  if (block.decision !== undefined) return;
  const decision = decideBlock(block);
  if (decision === undefined) return;
  block.decision = decision;
  sweep.decidedCount += 1;
}
