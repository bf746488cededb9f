// SPDX-License-Identifier: Apache-2.0
/** `labsweep run SPEC`: measures a spec, on this machine alone or in the lab of a controller. */
import { userInfo } from 'node:os';
import { type Address, UsageError } from '@labsweep/proto';
import type { FailOn } from '../fail-on.js';
import { hashesOf, type LocalInputs, readInputs } from '../local-inputs.js';
import { measureInFolder } from '../measure-in-folder.js';
import type { Display } from '../progress/display.js';
import type { SweepClient } from '../sweep-client.js';
import { chooseFolder, type SweepFolder } from '../sweep-folder.js';

export interface RunOptions {
  readonly spec: string;
  readonly controller?: readonly Address[];
  readonly out?: string;
  readonly seed?: number;
  readonly fresh: boolean;
  readonly cacheDirectory: string;
  readonly runners: string;
  /** What the embedded agent may change on this machine. */
  readonly may: string;
  readonly failOn?: FailOn;
  readonly display: Display;
  print(text: string): void;
  readonly signal: AbortSignal;
}

/** Returns the exit code. Throws LabsweepError and its kinds. */
export async function runCommand(options: RunOptions): Promise<number> {
  const { out, fresh, controller } = options;
  if (controller !== undefined && options.may !== '') {
    const message = '--may is for the agent that this command starts; without one, give it to';
    throw new UsageError(`${message} labsweep-agent on the hosts of the lab`);
  }
  const inputs = await readInputs(options.spec, options.seed);
  const folder = await chooseFolder({ base: inputs.sweepBase, out, fresh });
  return measureInFolder({
    ...options,
    controller,
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
