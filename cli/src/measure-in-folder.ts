// SPDX-License-Identifier: Apache-2.0
/**
 * Measures a sweep in its folder: in the lab of a controller, or in an embedded one that runs
 * meanwhile. What begins it is the caller's: a submission, or a command that gives it new work.
 */
import { join } from 'node:path';
import { LabsweepError, UnreachableError } from '@labsweep/proto';
import { EXIT_INCOMPLETE, EXIT_INTERRUPTED } from './exit-codes.js';
import { type FailOn, verdictExitCode } from './fail-on.js';
import { type FollowEnd, followSweep } from './follow-sweep.js';
import { removeLabRecord, writeLabRecord } from './lab-record.js';
import { waitingLines } from './progress/waiting-text.js';
import { removeRecord } from './record/record-file.js';
import { recordOfLog } from './record/record-of-log.js';
import type { SweepClient } from './sweep-client.js';
import { lockFolder, markFolder, type SweepFolder } from './sweep-folder.js';
import { type LabAtWork, type LabChoice, withLab } from './with-lab.js';
import { writeResults } from './write-results.js';

export interface MeasureOptions extends LabChoice {
  readonly folder: SweepFolder;
  /** What besides a sweep that is not whole makes the exit code another than 0. */
  readonly failOn?: FailOn;
  print(text: string): void;
  /** Makes sure that there is something to follow. */
  begin(client: SweepClient, signal: AbortSignal): Promise<void>;
}

/** Returns the exit code. Throws LabsweepError and its kinds. */
export async function measureInFolder(options: MeasureOptions): Promise<number> {
  const { folder, display } = options;
  const lock = await lockFolder(folder.path);
  try {
    display.line(
      `${folder.resumed ? 'going on with' : 'sweep'} ${folder.sweep}, in ${folder.path}`,
    );
    return await inSomeLab(options);
  } finally {
    display.end();
    lock.release();
  }
}

async function inSomeLab(options: MeasureOptions): Promise<number> {
  const { controller, runners, folder } = options;
  const marked = controller === undefined ? { ...folder, runners } : folder;
  return withLab({ ...options, path: folder.path }, (lab) =>
    inLab({ ...options, folder: marked }, lab),
  );
}

async function inLab(options: MeasureOptions, lab: LabAtWork): Promise<number> {
  const { folder } = options;
  try {
    // What has ended stays so until there is new work in it: a command may be refused.
    if (!folder.resumed) await markFolder(folder, 'running');
    await options.begin(lab.client, lab.signal);
    await removeRecord(folder.path);
    await markFolder(folder, 'running');
    const end = await followToEnd(options, lab);
    return await conclude({ ...options, end, failure: lab.failure() });
  } catch (error) {
    if (lab.failure() !== undefined || !options.signal.aborted) throw error;
    return EXIT_INTERRUPTED;
  }
}

/** A command may give a sweep new work just as it ends: whoever was answered is not forgotten. */
async function followToEnd(
  { folder, display }: MeasureOptions,
  { client, controller, isEmbedded, signal }: LabAtWork,
): Promise<FollowEnd> {
  const { sweep, path } = folder;
  for (;;) {
    const endWhenStuck = isEmbedded;
    const end = await followSweep({ client, sweep, folder: path, display, signal, endWhenStuck });
    if (!isEmbedded || end.record?.state !== 'finished') return end;
    await removeLabRecord(path);
    if ((await client.get(sweep)).state === 'finished') return end;
    await writeLabRecord(path, controller);
  }
}

async function conclude(
  options: MeasureOptions & { readonly end: FollowEnd; readonly failure: string | undefined },
): Promise<number> {
  const { display, print, signal, folder, end, failure } = options;
  display.end();
  if (end.log !== undefined) {
    const { report } = await writeResults(folder.path, end.log);
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
  else for (const line of waitingLines(end.record.waiting, folder.path)) display.line(line);
  if (!end.complete) return EXIT_INCOMPLETE;
  if (options.failOn === undefined || end.log === undefined) return 0;
  return verdictExitCode(recordOfLog(end.log));
}
