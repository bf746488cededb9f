// SPDX-License-Identifier: Apache-2.0
/**
 * The runners of an agent without the agent around them, for those who hold them against a
 * measurement by hand. What they run is what agents run.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LabsweepError, type Permission } from '@labsweep/proto';
import { createHygiene } from './hygiene/hygiene.js';
import type { Runner, RunnerKind } from './runner/runner.js';
import { createRunners } from './runner/runners.js';

const INIT_PATH = fileURLToPath(new URL('../../native/build/init', import.meta.url));

export interface MeasuringRunners {
  readonly native: Runner;
  readonly qemu: Runner;
  /** No process and no file of a trial is left once it settles. */
  close(): Promise<void>;
}

/** Everything that the runners keep lies below `stateDirectory`, which is the caller's. */
export function openMeasuringRunners(options: {
  readonly stateDirectory: string;
  readonly permissions: readonly Permission[];
  /** Where unpacked kernels are kept. */
  readonly kernelDirectory?: string;
  /** A name on the PATH, or a path. */
  readonly qemuBinary?: string;
}): MeasuringRunners {
  const { stateDirectory, ...rest } = options;
  const hygiene = createHygiene({ journalPath: join(stateDirectory, 'settings.json') });
  const all = createRunners({
    ...rest,
    initPath: INIT_PATH,
    scratchDirectory: join(stateDirectory, 'scratch'),
    journalDirectory: stateDirectory,
    hygiene,
  });
  const find = (kind: RunnerKind): Runner => {
    const runner = all.get(kind);
    if (runner === undefined) throw new LabsweepError(`this build has no ${kind} runner`);
    return runner;
  };
  return {
    native: find('native'),
    qemu: find('qemu'),
    close: async () => {
      for (const runner of all.values()) await runner.close();
      hygiene.close();
    },
  };
}
