// SPDX-License-Identifier: Apache-2.0
/** `labsweep bundle SWEEP`: everything of a sweep in one archive, with the same bytes each time. */
import { type Address, UsageError } from '@labsweep/proto';
import { type BundleEnd, writeBundle } from '../bundle/write-bundle.js';
import { EXIT_INCOMPLETE } from '../exit-codes.js';
import { findSweep, readSweep, withArtifacts } from '../source/sweep-source.js';

export interface BundleCommandOptions {
  readonly sweep: string;
  readonly controller?: readonly Address[];
  readonly cacheDirectory: string;
  readonly output?: string;
  readonly withKernels: boolean;
  readonly artifactMaxMib: number;
  print(text: string): void;
  /** For people, beside the data. */
  tell(line: string): void;
}

const MIB = 2 ** 20;

/** Returns the exit code. Throws UsageError for what is no sweep. */
export async function bundleCommand(options: BundleCommandOptions): Promise<number> {
  const { sweep, cacheDirectory, controller, withKernels, print, tell } = options;
  const source = await findSweep({ sweep, controller, cacheDirectory });
  if (source.kind === 'bundle') throw new UsageError(`${sweep} is a bundle already`);
  const log = await readSweep(source);
  const target = options.output ?? `${log.sweep}.tar.gz`;
  const artifactBytesMax = options.artifactMaxMib * MIB;
  const end = await withArtifacts(source, (fetch, folder) =>
    writeBundle({ log, target, withKernels, artifactBytesMax, folder, fetch }),
  );
  print(`${target}\n`);
  return tellEnd(end, tell);
}

function tellEnd({ members, sizeBytes, leftOut }: BundleEnd, tell: (line: string) => void): number {
  tell(`${members} files, ${(sizeBytes / MIB).toFixed(1)} MiB`);
  const lacks = leftOut.filter(({ kind }) => kind === 'lack');
  const choices = leftOut.length - lacks.length;
  if (choices > 0) tell(`left out: ${choices} kernel images; --with-kernels puts them in`);
  for (const { path, reason } of lacks) tell(`lacks ${path}: ${reason}`);
  return lacks.length === 0 ? 0 : EXIT_INCOMPLETE;
}
