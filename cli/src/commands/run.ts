// SPDX-License-Identifier: Apache-2.0
/** `labsweep run SPEC`: measures a spec, on this machine alone or in the lab of a controller. */
import { userInfo } from 'node:os';
import type { FailOn } from '../fail-on.js';
import { hashesOf, type LocalInputs, readInputs } from '../local-inputs.js';
import { measureInFolder } from '../measure-in-folder.js';
import type { SweepClient } from '../sweep-client.js';
import { chooseFolder, type SweepFolder } from '../sweep-folder.js';
import { checkLabChoice, type LabChoice } from '../with-lab.js';

export interface RunOptions extends LabChoice {
  readonly spec: string;
  readonly out?: string;
  readonly seed?: number;
  readonly fresh: boolean;
  readonly failOn?: FailOn;
  print(text: string): void;
}

/** Returns the exit code. Throws LabsweepError and its kinds. */
export async function runCommand(options: RunOptions): Promise<number> {
  const { out, fresh } = options;
  checkLabChoice(options);
  const inputs = await readInputs(options.spec, options.seed);
  const folder = await chooseFolder({ base: inputs.sweepBase, out, fresh });
  return measureInFolder({
    ...options,
    folder,
    begin: (client, signal) => submit({ ...options, signal }, inputs, folder, client),
  });
}

async function submit(
  options: RunOptions,
  inputs: LocalInputs,
  folder: SweepFolder,
  client: SweepClient,
): Promise<void> {
  for (const bytes of inputs.files.values()) await client.putArtifact(bytes);
  await client.submit({
    sweep: folder.sweep,
    specPath: inputs.specPath,
    specText: inputs.specText,
    files: hashesOf(inputs.files),
    seed: inputs.spec.seed,
    by: userInfo().username,
    onProgress: (line) => options.display.line(line),
    signal: options.signal,
  });
}
