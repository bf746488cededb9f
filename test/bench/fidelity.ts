// SPDX-License-Identifier: Apache-2.0
/**
 * Asks whether the native runner disturbs what it measures: the founding reproducer by hand under
 * taskset against the runner that agents use, turn by turn, and the CPU time that the agent itself
 * takes while a trial runs.
 *
 *   npm run bench:fidelity -- [--pairs N] [--runs N]
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openMeasuringRunners } from '@labsweep/agent';
import type { Outcome } from '@labsweep/proto';
import { ROOT } from '../e2e/labsweep-process.js';
import { measurePair, reportPairs } from './pairs.js';
import { metricOf, orderOf } from './runner-order.js';

const METRIC = 'iteration_ns_per_page';
/** Of one core. */
const AGENT_SHARE_LIMIT = 0.005;
const SCENARIO = 'shared_dirty_full_toggle_64m';
const argumentsOf = (iterations: number) => [SCENARIO, '5', '--iterations', String(iterations)];
/** About a second: many short runs see more of the machine's memory than a long one. */
const PAIR_ARGUMENTS = argumentsOf(60);
/** Several seconds, as trials take: the agent works at the start and the end of a trial. */
const LONG_ARGUMENTS = argumentsOf(600);
const LONG_RUNS = 4;
/** As compiled workloads are: once, statically. */
const COMPILE = ['-O2', '-static', '-o'];

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '20' },
    runs: { type: 'string', default: '8' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'labsweep-bench-'));
const program = join(folder, 'program');
let cpus = '';
const runners = openMeasuringRunners({ stateDirectory: folder, permissions: [] });

try {
  const source = join(ROOT, 'native/src/mprotect_shared_dirty_reproducer.c');
  const compiled = spawnSync('gcc', [...COMPILE, program, source], { encoding: 'utf8' });
  if (compiled.status !== 0) throw new Error(`gcc ended with ${compiled.status}${compiled.stderr}`);
  cpus = (await byRunner(PAIR_ARGUMENTS)).facts.pinned_cpus ?? cpus;
  const sides = {
    first: {
      name: 'native runner',
      measure: async () => metricOf(await byRunner(PAIR_ARGUMENTS), METRIC),
    },
    second: { name: 'by hand', measure: async () => byHand() },
  };
  const pairs = [];
  for (let pair = 1; pair <= Number(values.pairs); pair += 1) {
    pairs.push(await measurePair(sides, { runs: Number(values.runs), take: 'median' }));
  }
  const isWithin = reportPairs({ ...sides, unit: 'ns/page', pairs });
  const long: Outcome[] = [];
  for (let run = 0; run < LONG_RUNS; run += 1) long.push(await byRunner(LONG_ARGUMENTS));
  if (!reportAgent(long) || !isWithin) process.exitCode = 1;
} finally {
  await runners.close();
  rmSync(folder, { recursive: true, force: true });
}

async function byRunner(words: readonly string[]): Promise<Outcome> {
  const trial = { environment: 'native', binaryPath: program, metric: METRIC } as const;
  const order = orderOf({ ...trial, arguments: words });
  return (await runners.native.run(order, AbortSignal.timeout(order.deadlineMs * 2))).outcome;
}

function byHand(): number {
  const cwd = join(folder, 'by-hand');
  mkdirSync(cwd, { recursive: true });
  copyFileSync(program, join(cwd, 'reproducer'));
  chmodSync(join(cwd, 'reproducer'), 0o755);
  const words = ['-c', cpus, './reproducer', ...PAIR_ARGUMENTS];
  // The same small environment on both sides: its size moves the stack about.
  const env = { PATH: '/bin:/usr/bin', LC_ALL: 'C' };
  const { stdout } = spawnSync('taskset', words, { cwd, env, encoding: 'utf8' });
  const value = new RegExp(`^result .*\\b${METRIC}=([0-9.]+)`, 'm').exec(stdout)?.[1];
  if (value === undefined) throw new Error(`no ${METRIC} was measured by hand: ${stdout}`);
  return Number(value);
}

function reportAgent(outcomes: readonly Outcome[]): boolean {
  const sum = (name: string) =>
    outcomes.reduce((total, { facts }) => total + Number(facts[name]), 0);
  const share = sum('agent_cpu_ms') / sum('reproducer_wall_ms');
  const isWithin = share < AGENT_SHARE_LIMIT;
  console.log(
    `the agent's CPU time while the reproducer ran: ${sum('agent_cpu_ms').toFixed(1)} ms of ` +
      `${(sum('reproducer_wall_ms') / 1000).toFixed(1)} s, ${(share * 100).toFixed(3)} % of a core ` +
      `(under 0.5 %: ${isWithin ? 'kept' : 'BROKEN'})`,
  );
  return isWithin;
}
