// SPDX-License-Identifier: Apache-2.0
/**
 * The work of a chaos run: one sweep after the other until the faults are over, each followed by a
 * command that is started again whenever it ends early, and the same sweeps in a lab that nobody
 * disturbs, to compare with.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeptProcess } from './kept-process.js';

/** Kernels x SMP counts x repetitions: what three agents do in about half a minute in peace. */
const KERNELS = ['v1', 'v2', 'v3'] as const;
const SMP = [1, 2, 4] as const;
export const REPETITIONS = 15;
const TRIAL_MS = 500;
/** Of rows that may stop. */
export const REPETITIONS_MIN = 8;
/** What the noise of the values reaches well before all repetitions are run. */
const PRECISION = '5%';

export interface StartedCommand {
  readonly process: KeptProcess;
  /** Settles with the exit code that ended the sweep. */
  readonly ended: Promise<number>;
}

/** Starts `labsweep run`; the same as in Lab. */
export type RunCommand = (args: readonly string[], onEnd: (how: string) => boolean) => KeptProcess;

/** One sweep of a run. */
export interface SweepKind {
  readonly number: number;
  /** It stops its rows when they are precise, and pins each to one host. */
  readonly isPrecise: boolean;
}

/** Every second sweep is precise; two minutes may hold one only, so the seed says which. */
export function sweepKind(seed: number, number: number): SweepKind {
  return { number, isPrecise: (seed + number) % 2 === 0 };
}

/** Writes the spec of the sweep; returns its path. */
export function writeSpec(folder: string, { number, isPrecise }: SweepKind): string {
  mkdirSync(folder, { recursive: true });
  const factors = KERNELS.flatMap((name, index) => ['--factor', `${name}=${1 + index / 2}`]);
  const script = ['--value', 'ns=100+-3', '--duration-ms', `${TRIAL_MS}`, ...factors];
  writeFileSync(join(folder, 'nothing.c'), 'int main(void) { return 0; }\n');
  const path = join(folder, `chaos-${number}.toml`);
  const stop = `precision = "${PRECISION}"\nrepetitions_min = ${REPETITIONS_MIN}\n`;
  const pin = '[schedule]\nplacement = "pin-row"\n';
  writeFileSync(
    path,
    `name = "chaos-${number}"
baseline = "${KERNELS[0]}"
repetitions = ${REPETITIONS}
seed = ${number}
${isPrecise ? stop : ''}[kernels]
${KERNELS.map((name) => `${name} = "host"`).join('\n')}
[workload]
source = "nothing.c"
arguments = ${JSON.stringify(script)}
[workload.metrics]
ns = { unit = "ns/page", direction = "lower" }
[[environments]]
environment = "scripted"
smp = ${JSON.stringify(SMP)}
${isPrecise ? pin : ''}`,
  );
  return path;
}

/** 0: all is measured; 4: the sweep is over with holes. Everything else is no end of a sweep. */
const ENDS_OF_A_SWEEP: readonly number[] = [0, 4];
/** The spec or the command line is wrong, so it would be wrong again. */
const EXIT_USAGE = 2;

/** `onLost` is told how the command ended each time that it ended early. */
export function startSweep(
  run: RunCommand,
  sweep: { readonly spec: string; readonly out: string },
  onLost: (how: string) => void,
): StartedCommand {
  let settle: (exitCode: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    settle = resolve;
  });
  const process = run([sweep.spec, '--out', sweep.out], (how) => {
    const exitCode = Number(/^exit code (\d+)$/.exec(how)?.[1] ?? Number.NaN);
    if (ENDS_OF_A_SWEEP.includes(exitCode) || exitCode === EXIT_USAGE) {
      settle(exitCode);
      return false;
    }
    onLost(how);
    return true;
  });
  process.start();
  return { process, ended };
}
