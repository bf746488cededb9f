// SPDX-License-Identifier: Apache-2.0
/**
 * Asks whether the native runner disturbs what it measures: the founding reproducer by hand
 * under taskset against labsweep's native trials, turn by turn, and the CPU time that the agent
 * itself takes while a trial runs.
 *
 *   npm run bench:fidelity -- [--pairs N]
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { TrialEnded } from '@labsweep/proto';
import { ROOT } from '../e2e/labsweep-process.js';
import { type Pair, reportPairs } from './pairs.js';
import { artifactPath, numberFact, runSweep } from './run-sweep.js';

const METRIC = 'iteration_ns_per_page';
/** Of one core. */
const AGENT_SHARE_LIMIT = 0.005;
const ARGUMENTS = ['shared_dirty_full_toggle_64m', '5', '--iterations', '1500'];

const SPEC = `name = "fidelity-bench"
repetitions = 1
[kernels]
running = "host"
[workload]
source = "${join(ROOT, 'native/src/mprotect_shared_dirty_reproducer.c')}"
arguments = ${JSON.stringify(ARGUMENTS)}
[workload.metrics]
${METRIC} = { unit = "ns/page", direction = "lower" }
[[environments]]
environment = "native"
smp = [1]
`;

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '20' } } });
const folder = mkdtempSync(join(tmpdir(), 'labsweep-bench-'));
const trials: TrialEnded[] = [];
const pairs: Pair[] = [];
/** The very bytes that labsweep ran. */
let program = '';

try {
  for (let pair = 1; pair <= Number(values.pairs); pair += 1) {
    // Who comes first changes, since the speed of a machine drifts.
    const isHandFirst = pair % 2 === 0 && program !== '';
    const before = isHandFirst ? byHand() : undefined;
    const measured = bySweep(pair);
    pairs.push({ first: measured, second: before ?? byHand() });
  }
  const isWithin = reportPairs({
    first: 'native runner',
    second: 'by hand',
    unit: 'ns/page',
    pairs,
  });
  if (!reportAgent() || !isWithin) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function bySweep(pair: number): number {
  const { results } = runSweep({
    folder,
    name: `pair-${pair}`,
    specText: SPEC,
    options: ['--seed', String(pair)],
  });
  program = artifactPath(results.submitted.workload.sha256);
  const [trial] = results.trials;
  if (trial === undefined) throw new Error('the sweep has no trial');
  trials.push(trial);
  return valueIn(trial.outcome.samples.find(({ line }) => line === 'result')?.values[METRIC]);
}

function byHand(): number {
  const cpus = trials[0]?.outcome.facts.pinned_cpus ?? '1';
  const cwd = join(folder, 'by-hand');
  mkdirSync(cwd, { recursive: true });
  copyFileSync(program, join(cwd, 'reproducer'));
  chmodSync(join(cwd, 'reproducer'), 0o755);
  const words = ['-c', cpus, './reproducer', ...ARGUMENTS];
  // The same small environment on both sides: its size moves the stack about.
  const env = { PATH: '/bin:/usr/bin', LC_ALL: 'C' };
  const { stdout } = spawnSync('taskset', words, { cwd, env, encoding: 'utf8' });
  const value = new RegExp(`^result .*\\b${METRIC}=([0-9.]+)`, 'm').exec(stdout)?.[1];
  return valueIn(value === undefined ? undefined : Number(value));
}

function valueIn(value: number | undefined): number {
  if (value !== undefined && value > 0) return value;
  throw new Error(`no ${METRIC} was measured`);
}

function reportAgent(): boolean {
  const sum = (name: string) => trials.reduce((total, trial) => total + numberFact(trial, name), 0);
  const share = sum('agent_cpu_ms') / sum('reproducer_wall_ms');
  const isWithin = share < AGENT_SHARE_LIMIT;
  console.log(
    `the agent's CPU time while the reproducer ran: ${sum('agent_cpu_ms').toFixed(1)} ms of ` +
      `${(sum('reproducer_wall_ms') / 1000).toFixed(1)} s, ${(share * 100).toFixed(3)} % of a core ` +
      `(under 0.5 %: ${isWithin ? 'kept' : 'BROKEN'})`,
  );
  return isWithin;
}
