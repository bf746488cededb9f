// SPDX-License-Identifier: Apache-2.0
/**
 * Opens a client of a lab for as long as some work takes: of the one that is named by its
 * controller, or of an embedded one that runs meanwhile in a folder.
 */
import { type Address, LabsweepError, UsageError } from '@labsweep/proto';
import { startEmbeddedLab } from './embedded/embedded-lab.js';
import { removeLabRecord, writeLabRecord } from './lab-record.js';
import type { Display } from './progress/display.js';
import { SweepClient } from './sweep-client.js';

/** Which lab a command measures in, and how it is reached or started. */
export interface LabChoice {
  /** Undefined for an embedded lab. */
  readonly controller?: readonly Address[] | undefined;
  readonly cacheDirectory: string;
  readonly runners: string;
  /** What the embedded agent may change on this machine. */
  readonly may: string;
  readonly display: Display;
  readonly signal: AbortSignal;
}

interface LabOptions extends LabChoice {
  /** Of an embedded lab, for all that it keeps. */
  readonly path: string;
}

export interface LabAtWork {
  readonly client: SweepClient;
  readonly controller: readonly Address[];
  readonly isEmbedded: boolean;
  /** Also aborts when the embedded lab fails. */
  readonly signal: AbortSignal;
  /** Why the embedded lab failed, as a sentence; undefined as long as it has not. */
  failure(): string | undefined;
}

/** Throws UsageError where the choice contradicts itself. */
export function checkLabChoice({ controller, may }: LabChoice): void {
  if (controller === undefined || may === '') return;
  throw new UsageError(
    '--may is for the agent that this command starts; without one, give it to labsweep-agent on ' +
      'the hosts of the lab',
  );
}

/** Throws LabsweepError and its kinds, those of the work included. */
export async function withLab<Value>(
  options: LabOptions,
  work: (lab: LabAtWork) => Promise<Value>,
): Promise<Value> {
  const { controller, path } = options;
  if (controller !== undefined) return atWork(options, { controller }, work);
  const { cacheDirectory, runners, may } = options;
  const lab = await startEmbeddedLab({ folder: path, cacheDirectory, runners, may });
  try {
    await writeLabRecord(path, lab.controller);
    return await atWork(options, lab, work);
  } finally {
    await removeLabRecord(path);
    await lab.close();
  }
}

async function atWork<Value>(
  { display, signal }: LabOptions,
  lab: { readonly controller: readonly Address[]; readonly failed?: Promise<string> },
  work: (lab: LabAtWork) => Promise<Value>,
): Promise<Value> {
  const client = new SweepClient(lab.controller, (line) => display.line(line));
  const stop = new AbortController();
  let failure: string | undefined;
  void lab.failed?.then((sentence) => {
    failure = `${sentence}; run the same command again to go on`;
    stop.abort(new LabsweepError(failure));
  });
  try {
    return await work({
      client,
      controller: lab.controller,
      isEmbedded: lab.failed !== undefined,
      signal: AbortSignal.any([signal, stop.signal]),
      failure: () => failure,
    });
  } catch (error) {
    if (failure !== undefined) throw new LabsweepError(failure, { cause: error });
    throw error;
  } finally {
    client.close();
  }
}
