// SPDX-License-Identifier: Apache-2.0
/** The table of runners, explicit and whole. Nothing registers itself. */
import type { Note, Permission } from '@labsweep/proto';
import type { Hygiene } from '../hygiene/hygiene.js';
import { createNativeRunner } from './native.js';
import { createQemuRunner } from './qemu.js';
import type { Runner, RunnerKind } from './runner.js';
import { createScriptedRunner } from './scripted.js';
import { withHygiene } from './with-hygiene.js';

export interface RunnerOptions {
  /** The guest's static init. */
  readonly initPath: string;
  /** Where trials keep their short-lived files; made when missing, and shared with other agents. */
  readonly scratchDirectory: string;
  /** Our own programs for the host; default: where the build leaves them. */
  readonly toolsDirectory?: string;
  /** Keeps what must be put back on this machine after a `kill -9`. */
  readonly journalDirectory: string;
  /** What may be changed on this machine. */
  readonly permissions: readonly Permission[];
  readonly hygiene: Hygiene;
  /** Where unpacked kernels are kept; shared with other agents. */
  readonly kernelDirectory?: string;
  /** A name on the PATH, or a path. */
  readonly qemuBinary?: string;
  readonly note?: Note;
}

export function createRunners(options: RunnerOptions): ReadonlyMap<RunnerKind, Runner> {
  const runners = [
    withHygiene(createNativeRunner(options), options),
    withHygiene(createQemuRunner(options), options),
    // It measures nothing, so that no state of the host can spoil it.
    createScriptedRunner(),
  ];
  return new Map(runners.map((runner) => [runner.kind, runner]));
}
