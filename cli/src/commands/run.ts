// SPDX-License-Identifier: Apache-2.0
/** `labsweep run SPEC`: measures a spec, on this machine alone or in the lab of a controller. */
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type Address, LabsweepError, UnreachableError, UsageError } from '@labsweep/proto';
import { type EmbeddedLab, startEmbeddedLab } from '../embedded/embedded-lab.js';
import { type FollowEnd, followSweep } from '../follow-sweep.js';
import { hashesOf, type LocalInputs, readInputs } from '../local-inputs.js';
import type { Display } from '../progress/display.js';
import { waitingLines } from '../progress/waiting-text.js';
import { SweepClient } from '../sweep-client.js';
import { chooseFolder, lockFolder, markFolder, type SweepFolder } from '../sweep-folder.js';
import { writeResults } from '../write-results.js';

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
  readonly display: Display;
  print(text: string): void;
  readonly signal: AbortSignal;
}

/** Exit code for a sweep that has cells without a full set of measured trials. */
const EXIT_INCOMPLETE = 4;
const EXIT_INTERRUPTED = 130;

/** Returns the exit code. Throws LabsweepError and its kinds. */
export async function runCommand(options: RunOptions): Promise<number> {
  if (options.controller !== undefined && options.may !== '') {
    const message = '--may is for the agent that this command starts; without one, give it to';
    throw new UsageError(`${message} labsweep-agent on the hosts of the lab`);
  }
  const inputs = await readInputs(options.spec, options.seed);
  const { out, fresh } = options;
  const folder = await chooseFolder({ base: inputs.sweepBase, out, fresh });
  const lock = await lockFolder(folder.path);
  try {
    await markFolder(folder, 'running');
    options.display.line(
      `${folder.resumed ? 'going on with' : 'sweep'} ${folder.sweep}, in ${folder.path}`,
    );
    return await runInFolder(options, inputs, folder);
  } finally {
    options.display.end();
    lock.release();
  }
}

async function runInFolder(
  options: RunOptions,
  inputs: LocalInputs,
  folder: SweepFolder,
): Promise<number> {
  const { controller, cacheDirectory, runners, may } = options;
  if (controller !== undefined) return runInLab(options, inputs, folder, { controller });
  const lab = await startEmbeddedLab({ folder: folder.path, cacheDirectory, runners, may });
  try {
    return await runInLab(options, inputs, folder, lab);
  } finally {
    await lab.close();
  }
}

type Lab = Pick<EmbeddedLab, 'controller'> & Partial<EmbeddedLab>;

async function runInLab(
  options: RunOptions,
  inputs: LocalInputs,
  folder: SweepFolder,
  lab: Lab,
): Promise<number> {
  const client = new SweepClient(lab.controller, (line) => options.display.line(line));
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  let failure: string | undefined;
  void lab.failed?.then((sentence) => {
    failure = `${sentence}; run the same command again to go on`;
    stop.abort(new LabsweepError(failure));
  });
  try {
    await submit({ ...options, signal }, inputs, folder, client);
    const end = await followSweep({
      client,
      sweep: folder.sweep,
      folder: folder.path,
      display: options.display,
      signal,
      endWhenStuck: lab.failed !== undefined,
    });
    return await conclude(options, folder, end, failure);
  } catch (error) {
    if (failure !== undefined) throw new LabsweepError(failure, { cause: error });
    if (!options.signal.aborted) throw error;
    return EXIT_INTERRUPTED;
  } finally {
    client.close();
  }
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

async function conclude(
  options: RunOptions,
  folder: SweepFolder,
  end: FollowEnd,
  failure: string | undefined,
): Promise<number> {
  const { display, print, signal } = options;
  display.end();
  if (end.record !== undefined) {
    const { report } = await writeResults(folder.path, end.record);
    print(report);
    display.line(`written to ${join(folder.path, 'report.txt')}, results.csv and results.json`);
  }
  if (failure !== undefined) throw new LabsweepError(failure);
  if (end.broken instanceof UnreachableError) {
    const { message } = end.broken;
    throw new UnreachableError(
      `${message}; the sweep is kept: run the same command again to go on`,
    );
  }
  if (end.broken !== undefined) throw end.broken;
  if (signal.aborted) {
    display.line('interrupted; run the same command again to go on');
    return EXIT_INTERRUPTED;
  }
  if (end.record?.state !== 'interrupted') await markFolder(folder, 'ended');
  else for (const line of waitingLines(end.record.waiting)) display.line(line);
  return end.complete ? 0 : EXIT_INCOMPLETE;
}
