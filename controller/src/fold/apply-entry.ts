// SPDX-License-Identifier: Apache-2.0
/** Folds one log entry into the state. Entries may come twice and late; the result is the same. */
import {
  ENVIRONMENTS,
  type FoldEntry,
  type FoldOutcome,
  type HostJoined,
  type Submitted,
} from '@labsweep/proto';
import { designOf } from '../plan/extend-design.js';
import { parseSpec } from '../spec/parse-spec.js';
import { formatProblem } from '../spec/spec-problem.js';
import { applyCommanded, newBlock, partsOf } from './apply-commanded.js';
import { AttemptOutcomes, placeInBlock } from './attempt-outcomes.js';
import { blockOf } from './block-of.js';
import { decideBlock, isLabFailure } from './decide-block.js';
import type { AttemptState, BlockState, LabState, SweepState } from './lab-state.js';

/** True when the entry changed the state; false for a repetition and for an unknown sweep. */
export function applyEntry(state: LabState, entry: FoldEntry): boolean {
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
  const design = designOf({ ...parsed.spec, seed: submitted.seed });
  return {
    submitted,
    design,
    ...partsOf(design),
    kernels: submitted.kernels,
    blocks: new Map(design.plan.blocks.map((planned) => [planned.id, newBlock(planned)])),
    dropped: new Map(),
    hosts: [],
    settledCount: 0,
    durations: new Map(),
    labFailures: new Map(),
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

function applyHostJoined(sweep: SweepState | undefined, entry: HostJoined): boolean {
  if (sweep === undefined || sweep.hosts.some((other) => other.session === entry.session)) {
    return false;
  }
  sweep.hosts.push(entry);
  return true;
}

function applyTrialEnded(state: LabState, entry: FoldOutcome): boolean {
  const { trial, outcome, durationMs } = entry;
  const sweep = state.sweeps.get(entry.sweep);
  const block = blockOf(sweep, entry.block);
  if (sweep === undefined || block === undefined) return false;
  const place = placeInBlock(block.planned, trial);
  if (place === -1) return false;
  const isFirst = !block.attempts.some(({ outcomes }) => outcomes.hasAt(place));
  const attempt = attemptOf(state, block, entry);
  if (!attempt.outcomes.addAt(place, outcome.status)) return false;
  // A straggler of an earlier round, or of a dropped block, is evidence: nothing counts by it.
  if (entry.attempt < block.firstAttempt || sweep.dropped.has(entry.block)) return true;
  if (isFirst) sweep.settledCount += 1;
  const { row } = block.planned;
  const seen = sweep.durations.get(row) ?? { count: 0, totalMs: 0 };
  seen.count += 1;
  seen.totalMs += durationMs;
  sweep.durations.set(row, seen);
  if (isLabFailure(block, attempt)) {
    sweep.labFailures.set(row, (sweep.labFailures.get(row) ?? 0) + 1);
  }
  settleDecision(sweep, block);
  return true;
}

/**
 * An attempt is named by its number and its host, so two controllers cannot give one name twice.
 */
function attemptOf(state: LabState, block: BlockState, entry: FoldOutcome): AttemptState {
  const { attempt } = entry;
  const isEarlier = attempt < block.firstAttempt;
  const known = (isEarlier ? block.earlier : block.attempts).find(
    (other) => other.attempt === attempt && other.host === entry.host,
  );
  if (known !== undefined) return known;
  // Every entry was read into strings of its own; what is kept of them is kept once.
  const host = state.hostIds.get(entry.host) ?? entry.host;
  state.hostIds.set(host, host);
  const environment = ENVIRONMENTS.find((name) => name === entry.environment) ?? entry.environment;
  const outcomes = new AttemptOutcomes(block.planned);
  const fresh = { attempt, host, environment, outcomes };
  // A concatenated array has room for exactly its elements; one that is pushed to, or spread into,
  // has it for many more.
  if (isEarlier) block.earlier = block.earlier.concat(fresh);
  else block.attempts = block.attempts.concat(fresh);
  return fresh;
}

function settleDecision(sweep: SweepState, block: BlockState): void {
  if (block.decision !== undefined) return;
  const decision = decideBlock(sweep, block);
  if (decision === undefined) return;
  block.decision = decision;
  sweep.decidedCount += 1;
}
