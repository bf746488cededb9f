// SPDX-License-Identifier: Apache-2.0
/**
 * What a sweep's folder says once nothing is left in it of when, where and at which attempt a trial
 * ran. Two runs of one spec with scripted values must agree in all of it, whatever happened.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan, TrialEnded } from '@labsweep/proto';

/** Columns of results.csv that tell of a run and not of what was measured. */
const OF_THE_RUN: readonly string[] = ['attempt', 'host', 'duration_ms', 'started_at_ms'];

/**
 * The lines of results.csv that count, sorted: the log's order inside a block may differ. Of all
 * blocks, or `only` of those.
 */
export function faultlessTable(folder: string, only?: ReadonlySet<string>): string[] {
  const [head = [], ...lines] = readFileSync(join(folder, 'results.csv'), 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  const accepted = head.indexOf('accepted');
  const block = head.indexOf('block');
  const isMeant = (line: readonly string[]) =>
    line[accepted] === 'yes' && (only === undefined || only.has(line[block] ?? ''));
  const kept = (line: readonly string[]) =>
    line.filter((_, index) => !OF_THE_RUN.includes(head[index] ?? '')).join(',');
  const counting = lines.filter(isMeant).map(kept);
  return [kept(head), ...counting.sort()];
}

/** Sentences about lines that only one of the tables has; at most `limit` of them. */
export function tableDifferences(
  seen: readonly string[],
  calm: readonly string[],
  limit: number,
): string[] {
  const missing = calm.filter((line) => !seen.includes(line)).map((line) => `missing: ${line}`);
  const extra = seen.filter((line) => !calm.includes(line)).map((line) => `too much: ${line}`);
  const twice = seen.length === new Set(seen).size ? [] : ['a line is there twice'];
  return [...missing, ...extra, ...twice].slice(0, limit);
}

interface Results {
  readonly plan: Plan;
  readonly decisions: readonly {
    readonly block: string;
    readonly attempt: number;
    readonly host: string;
    readonly complete: boolean;
  }[];
  readonly trials: readonly TrialEnded[];
}

export interface Account {
  readonly planned: number;
  /** Outcomes in the log, those of attempts that do not count among them. */
  readonly outcomes: number;
  readonly attemptsMax: number;
  /** Breaches: a trial without its one outcome, a block with two decisions and the like. */
  readonly problems: readonly string[];
}

/** Whether every planned trial ended exactly once in the one attempt of its block that counts. */
export function accountFor(folder: string): Account {
  const results = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as Results;
  const { plan, decisions, trials } = results;
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const entry of trials) {
    const key = `${entry.trial} a${entry.attempt} ${entry.host}`;
    if (seen.has(key)) problems.push(`${key} is there twice`);
    seen.add(key);
  }
  for (const block of plan.blocks) {
    const [decision, ...others] = decisions.filter((other) => other.block === block.id);
    if (others.length > 0) problems.push(`${block.id} is decided ${others.length + 1} times`);
    if (decision?.complete !== true) problems.push(`${block.id} has no complete attempt`);
    if (decision === undefined) continue;
    for (const { id } of block.trials) {
      if (!seen.has(`${id} a${decision.attempt} ${decision.host}`)) {
        problems.push(`${id} has no outcome in the attempt that counts`);
      }
    }
  }
  const planned = plan.blocks.reduce((sum, block) => sum + block.trials.length, 0);
  const attemptsMax = Math.max(0, ...trials.map(({ attempt }) => attempt));
  return { planned, outcomes: trials.length, attemptsMax, problems };
}
