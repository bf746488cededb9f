// SPDX-License-Identifier: Apache-2.0
/** Runs `labsweep run` as a user does, for a benchmark, and reads back what it measured. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LABSWEEP_PROGRAM } from '@labsweep/cli';
import type { Plan, Spec, Submitted, TrialEnded } from '@labsweep/proto';

/** What a benchmark needs of results.json. */
export interface Results {
  readonly spec: Spec;
  readonly plan: Plan;
  readonly submitted: Submitted;
  readonly trials: readonly TrialEnded[];
}

export interface SweepRun {
  /** From the start of the command to its end: all its processes, all trials, the report. */
  readonly wallMs: number;
  readonly results: Results;
}

/** Throws with the command's own words when it does not end with 0. */
export function runSweep(request: {
  readonly folder: string;
  readonly name: string;
  readonly specText: string;
  readonly options?: readonly string[];
}): SweepRun {
  const { folder, name, specText, options = [] } = request;
  const spec = join(folder, `${name}.toml`);
  const out = join(folder, name);
  writeFileSync(spec, specText);
  const startMs = performance.now();
  const ended = spawnSync(
    process.execPath,
    [LABSWEEP_PROGRAM, 'run', spec, '--out', out, ...options],
    {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const wallMs = performance.now() - startMs;
  if (ended.status !== 0) {
    throw new Error(`labsweep run ended with ${ended.status}\n${ended.stdout}\n${ended.stderr}`);
  }
  return { wallMs, results: JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) };
}

/**
 * From the start of each trial to the start of the next, which is all that it costs: boot, run,
 * validation, the spool's disk, the broker, the controller, the next lease. The last one counts
 * from its start to its outcome.
 */
export function wholeTimes(results: Results): ReadonlyMap<string, number> {
  const trials = results.trials.toSorted((a, b) => a.startedAtMs - b.startedAtMs);
  return new Map(
    trials.map((trial, index) => {
      const next = trials[index + 1];
      const wholeMs = next === undefined ? trial.durationMs : next.startedAtMs - trial.startedAtMs;
      return [trial.trial, wholeMs];
    }),
  );
}

/** Where the embedded agent keeps what it was sent. */
export function artifactPath(sha256: string): string {
  const cache = process.env.LABSWEEP_CACHE ?? join(homedir(), '.cache/labsweep');
  return join(cache, 'artifacts', sha256);
}

/** A fact of the trial that is a number. Throws when it is none. */
export function numberFact({ trial, outcome }: TrialEnded, name: string): number {
  const value = Number(outcome.facts[name]);
  if (Number.isFinite(value)) return value;
  throw new Error(`${trial} has no number in its fact ${name}: ${outcome.facts[name]}`);
}
