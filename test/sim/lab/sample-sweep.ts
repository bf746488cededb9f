// SPDX-License-Identifier: Apache-2.0
/**
 * Small sweeps of scripted trials, drawn from the seed. Their values depend on the trial's name
 * alone, so whatever happens on the way, the table must come out the same.
 */
import type { KernelName, Sha256, Submitted, SweepId } from '@labsweep/proto';
import type { World } from '../machine/world.js';

/** The one whose table is compared. */
export const SWEEP = 'simulated-1a2b3c4d' as SweepId;
/** Beside it at times: the one that is cancelled. */
export const OTHER_SWEEP = 'cancelled-5e6f7a8b' as SweepId;
/** And one that is run to its end. */
export const THIRD_SWEEP = 'beside-9c0d1e2f' as SweepId;
const KERNELS = ['v6.12', 'v6.17', 'v7.3'];
const SHORT_CHANCE = 0.25;
const SHORT_MS = 150;
const PRECISION_CHANCE = 0.15;
/** One more than the fewest that a row can stop with. */
const PRECISE_BLOCKS_MIN = 8;
const PINNED_CHANCE = 0.25;
const PRIORITY_CHANCE = 0.5;
const THIRD_CHANCE = 0.15;

export interface SampleSweep {
  readonly id: SweepId;
  readonly specText: string;
  readonly kernels: readonly string[];
  readonly rows: readonly string[];
  /** Rows stop when they are precise, so the blocks that they have depend on the night. */
  readonly isPrecise: boolean;
}

export function sampleSweep(world: World): SampleSweep {
  const purpose = 'sweep';
  const kernels = KERNELS.slice(0, world.between(purpose, 2, 3));
  const repetitions = world.between(purpose, 2, 4);
  const smp = world.chance(purpose, 0.5) ? [1, 2] : [1];
  const longMs = world.between(purpose, 1, 6) * 1_000;
  // Outcomes of short trials travel together.
  const durationMs = world.chance('short trials', SHORT_CHANCE) ? SHORT_MS : longMs;
  const failing = world.chance(purpose, 0.25) ? failingRule(world, kernels) : '';
  const precise = samplePrecision(world);
  const schedule = sampleSchedule(world, SWEEP);
  const shape = { kernels, repetitions, smp, durationMs, failing, schedule, ...precise };
  const specText = textOf({ name: 'simulated', ...shape });
  const rows = smp.map((count) => `scripted-smp${count}`);
  return { id: SWEEP, specText, kernels, rows, isPrecise: precise !== undefined };
}

/** Undefined in most runs. */
export function otherSweep(world: World): SampleSweep | undefined {
  const purpose = 'other sweep';
  if (!world.chance(purpose, 0.3)) return undefined;
  return smallSweep(world, OTHER_SWEEP);
}

/** Undefined in most runs. */
export function thirdSweep(world: World): SampleSweep | undefined {
  if (world.isPlain || !world.chance('third sweep', THIRD_CHANCE)) return undefined;
  return smallSweep(world, THIRD_SWEEP);
}

function smallSweep(world: World, id: SweepId): SampleSweep {
  const kernels = KERNELS.slice(0, 2);
  const shape = { repetitions: 2, smp: [1], durationMs: 2_000, failing: '' };
  const name = id.slice(0, id.lastIndexOf('-'));
  const specText = textOf({ name, kernels, ...shape, schedule: sampleSchedule(world, id) });
  return { id, specText, kernels, rows: ['scripted-smp1'], isPrecise: false };
}

/**
 * A target that some rows reach with the fewest blocks, some later, and some never; with trials
 * that are short, since they are many.
 */
function samplePrecision(world: World) {
  const purpose = 'precision';
  if (world.isPlain || !world.chance(purpose, PRECISION_CHANCE)) return undefined;
  const precision = `${world.between(purpose, 3, 5)}%`;
  const repetitions = world.between(purpose, PRECISE_BLOCKS_MIN, PRECISE_BLOCKS_MIN + 3);
  const durationMs = world.between(purpose, 1, 5) * SHORT_MS;
  return { precision, repetitions, durationMs };
}

/** Lines of `[schedule]`: where its rows go, and which sweep is served first. */
function sampleSchedule(world: World, id: SweepId): string {
  if (world.isPlain) return '';
  const purpose = `schedule of ${id}`;
  const lines: string[] = [];
  if (world.chance(purpose, PINNED_CHANCE)) lines.push('placement = "pin-row"');
  const priority = world.between(purpose, -1, 1);
  if (world.chance(purpose, PRIORITY_CHANCE)) lines.push(`priority = ${priority}`);
  return lines.map((line) => `${line}\n`).join('');
}

function textOf(options: {
  readonly name: string;
  readonly kernels: readonly string[];
  readonly repetitions: number;
  readonly smp: readonly number[];
  readonly durationMs: number;
  readonly failing: string;
  readonly schedule: string;
  readonly precision?: string;
}): string {
  const { name, kernels, repetitions, smp, durationMs, failing, schedule, precision } = options;
  const target = precision === undefined ? '' : `precision = "${precision}"\n`;
  return `
name = "${name}"
repetitions = ${repetitions}
${target}baseline = "${kernels[0]}"
[kernels]
${kernels.map((kernel) => `"${kernel}" = "host"`).join('\n')}
[workload]
source = "toggle.c"
arguments = ["--value", "ns=230+-4", "--factor", "v6.17=1.6",
  "--duration-ms", "${durationMs}"${failing}]
[workload.metrics]
ns = { unit = "ns/page", direction = "lower" }
[[environments]]
environment = "scripted"
smp = [${smp.join(', ')}]
memory_mib = 512
[schedule]
${schedule}# No night reaches it: beyond it a failure of the lab becomes part of the table.
lab_failures_max = 1000
`;
}

/** A kernel that fails at one repetition, each time it is tried. */
function failingRule(world: World, kernels: readonly string[]): string {
  const kernel = kernels[world.between('sweep', 0, kernels.length - 1)];
  return `, "--exit", "${kernel}:${world.between('sweep', 1, 2)}:3"`;
}

export function submittedEntry({ id, specText, kernels }: SampleSweep, atMs: number): Submitted {
  return {
    type: 'submitted',
    sweep: id,
    atMs,
    by: 'tester',
    specPath: 'simulated.toml',
    specText,
    seed: 1,
    kernels: kernels.map((name) => ({ name: name as KernelName, source: 'host' })),
    workload: {
      sha256: 'f'.repeat(64) as Sha256,
      sizeBytes: 1,
      compiler: '',
      flags: [],
      files: [],
    },
  };
}
