// SPDX-License-Identifier: Apache-2.0
/**
 * What a trial costs: the demo's trials by a plain shell loop and by `labsweep run`, turn by turn
 * on one machine. The overhead of a trial is its whole time less the reproducer's own.
 *
 *   npm run bench:trial -- [--passes N]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from '@labsweep/analysis';
import { formatProblem, parseSpec, planSweep } from '@labsweep/controller';
import type { Submitted } from '@labsweep/proto';
import { ROOT } from '../e2e/labsweep-process.js';
import { artifactPath, numberFact, type Results, runSweep, wholeTimes } from './run-sweep.js';
import { type LoopTrial, runShellLoop } from './shell-loop.js';

const DEMO = join(ROOT, 'examples/mprotect-release-window.toml');
const OVERHEAD_LIMIT = 0.65;
const WALL_LIMIT = 0.95;

const { values } = parseArgs({ options: { passes: { type: 'string', default: '2' } } });
const passes = Number(values.passes);
const folder = mkdtempSync(join(tmpdir(), 'labsweep-bench-'));

interface Times {
  readonly wallsMs: number[];
  /** Whole time less the reproducer's own, of trials in guests, by pass. */
  readonly overheads: Overheads[];
}

/** By trial. */
type Overheads = ReadonlyMap<string, number>;

const labsweep: Times = { wallsMs: [], overheads: [] };
const loop: Times = { wallsMs: [], overheads: [] };

try {
  console.log(`${passes} passes; each runs every timing trial of the demo both ways`);
  // What happens once per kernel on a box (download, unpacking) is over before the first pass.
  const first = sweep('first', 0, 1);
  for (let pass = 1; pass <= passes; pass += 1) {
    // Who begins changes from pass to pass, since the speed of a machine drifts.
    const turns = [() => measureSweep(pass), () => measureLoop(first, pass)];
    for (const turn of pass % 2 === 1 ? turns : turns.toReversed()) turn();
  }
  report();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function sweep(name: string, seed: number, repetitions?: number) {
  const options = ['--seed', String(seed)];
  return runSweep({ folder, name, specText: specText(repetitions), options });
}

/** The demo without its audit, which a loop has no match for. */
function specText(repetitions?: number): string {
  const count = repetitions === undefined ? '$&' : `repetitions = ${repetitions}`;
  return readFileSync(DEMO, 'utf8')
    .replace(/^repetitions = .*$/m, count)
    .replaceAll('"../', `"${dirname(dirname(DEMO))}/`)
    .replace(/^\[audit\]\n(.*=.*\n)*/m, '');
}

function measureSweep(pass: number): void {
  const { wallMs, results } = sweep(`pass-${pass}`, pass);
  const whole = wholeTimes(results);
  const guests = results.trials.filter(({ environment }) => environment !== 'native');
  const overheads = new Map(
    guests.map((trial) => {
      const wholeMs = whole.get(trial.trial) ?? 0;
      return [trial.trial, wholeMs - numberFact(trial, 'reproducer_wall_ms')];
    }),
  );
  note('labsweep', labsweep, { wallMs, overheads });
}

function measureLoop({ results }: { results: Results }, pass: number): void {
  const { submitted, spec } = results;
  const end = runShellLoop(
    {
      folder,
      initPath: join(ROOT, 'native/build/init'),
      reproducerPath: artifactPath(submitted.workload.sha256),
      arguments: spec.workload.arguments,
      cpu: 1,
    },
    loopTrials(results.submitted),
  );
  const guests = [...end.trials].filter(([name]) => !name.startsWith('native'));
  const overheads = new Map(
    guests.map(([name, { wholeMs, reproducerMs }]) => [name, wholeMs - reproducerMs]),
  );
  note('loop    ', loop, { wallMs: end.wallMs, overheads });
  if (pass === passes) console.log(`each way ran ${end.trials.size} trials a pass`);
}

/** Those that labsweep plans for the demo, in an order that it plans for them. */
function loopTrials(submitted: Submitted): LoopTrial[] {
  const parsed = parseSpec({ text: specText(), path: DEMO });
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  const plan = planSweep(parsed.spec);
  return plan.blocks.flatMap((block) => {
    const row = plan.rows.find(({ id }) => id === block.row);
    return block.trials.map((trial) => {
      const image = submitted.kernels.find(({ name }) => name === trial.kernel)?.image;
      if (row === undefined || row.environment === 'native' || image === undefined) {
        return { name: trial.id };
      }
      const { smp, memoryMib } = row.shape;
      const { commandLine } = row;
      const kernelPath = artifactPath(image.sha256);
      return { name: trial.id, guest: { kernelPath, smp, memoryMib, commandLine } };
    });
  });
}

function note(
  name: string,
  times: Times,
  seen: { readonly wallMs: number; readonly overheads: Overheads },
): void {
  times.wallsMs.push(seen.wallMs);
  times.overheads.push(seen.overheads);
  const each = [...seen.overheads]
    .toSorted(([left], [right]) => left.localeCompare(right))
    .map(([trial, overheadMs]) => `${trial} ${overheadMs.toFixed(0)}`);
  console.log(
    `${name}  wall ${(seen.wallMs / 1000).toFixed(1)} s; overheads in ms: ${each.join(', ')}`,
  );
}

function report(): void {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
  const all = (times: Times) => times.overheads.flatMap((each) => [...each.values()]);
  const ofTrial = (times: Times, trial: string) =>
    median(times.overheads.flatMap((each) => each.get(trial) ?? []));
  const trials = [...(labsweep.overheads[0]?.keys() ?? [])];
  const pairs = trials.map((trial) => ofTrial(labsweep, trial) / ofTrial(loop, trial));
  const mean = sum(all(labsweep)) / sum(all(loop));
  const wall = sum(labsweep.wallsMs) / sum(loop.wallsMs);
  const verdict = (ratio: number, limit: number) =>
    `${ratio.toFixed(3)} (at most ${limit}: ${ratio <= limit ? 'kept' : 'BROKEN'})`;
  const counts = `${all(labsweep).length} and ${all(loop).length} trials`;
  console.log(
    `mean overhead of a trial, labsweep / loop (${counts}): ${verdict(mean, OVERHEAD_LIMIT)}`,
  );
  console.log(`  median of the ratios of like trials: ${median(pairs).toFixed(3)}`);
  console.log(`  ratio of the medians: ${(median(all(labsweep)) / median(all(loop))).toFixed(3)}`);
  console.log(`wall clock of the sweep, labsweep / loop: ${verdict(wall, WALL_LIMIT)}`);
  if (mean > OVERHEAD_LIMIT || wall > WALL_LIMIT) process.exitCode = 1;
}
