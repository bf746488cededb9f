// SPDX-License-Identifier: Apache-2.0
/** The table of runners, explicit and whole. Nothing registers itself. */
import { createNativeRunner } from './native.js';
import { createQemuRunner } from './qemu.js';
import type { Runner, RunnerKind } from './runner.js';
import { createScriptedRunner } from './scripted.js';

export interface RunnerOptions {
  /** The guest's static init. */
  readonly initPath: string;
  /** Where trials keep their short-lived files; made when missing, and shared with other agents. */
  readonly scratchDirectory: string;
  /** Where unpacked kernels are kept; shared with other agents. */
  readonly kernelDirectory?: string;
  /** A name on the PATH, or a path. */
  readonly qemuBinary?: string;
}

export function createRunners(options: RunnerOptions): ReadonlyMap<RunnerKind, Runner> {
  const runners = [
    createNativeRunner({ scratchDirectory: options.scratchDirectory }),
    createQemuRunner(options),
    createScriptedRunner(),
  ];
  return new Map(runners.map((runner) => [runner.kind, runner]));
}
