// SPDX-License-Identifier: Apache-2.0
/**
 * `labsweep narrow SPEC`: finds the two neighbouring releases between which an effect appears, on
 * this machine alone or in the lab of a controller.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  endSentences,
  type NarrowReport,
  renderNarrowJson,
  renderNarrowText,
} from '@labsweep/analysis';
import { durationText } from '@labsweep/controller';
import { UsageError } from '@labsweep/proto';
import { EXIT_INCOMPLETE, EXIT_INTERRUPTED, EXIT_NO_VERDICT } from '../exit-codes.js';
import { NarrowLab } from '../narrow/narrow-lab.js';
import { type NarrowTask, readNarrowTask } from '../narrow/narrow-question.js';
import { NarrowSearch } from '../narrow/narrow-search.js';
import { chooseFolder, lockFolder, markFolder, type SweepFolder } from '../sweep-folder.js';
import { checkLabChoice, type LabChoice, withLab } from '../with-lab.js';

export interface NarrowOptions extends LabChoice {
  readonly spec: string;
  readonly good: string;
  readonly bad: string;
  readonly suites: readonly string[];
  readonly row?: string;
  readonly metric?: string;
  readonly scenario?: string;
  readonly perRound?: number;
  readonly blocks?: number;
  readonly blocksMax?: number;
  readonly sandwichBlocks?: number;
  readonly json: boolean;
  readonly out?: string;
  readonly seed?: number;
  readonly fresh: boolean;
  print(text: string): void;
}

/** Below it the interval of the sandwich would rest on a distribution that nobody knows. */
const SANDWICH_BLOCKS_MIN = 6;
/** One block has no interval. */
const BLOCKS_MIN = 2;
/** Rounds that a kernel without an answer gets when the user does not say. */
const ROUNDS_OF_DOUBT = 4;
/** A spec has so many kernels at most, and both ends are among them. */
const PER_ROUND_MAX = 98;

/** Returns the exit code. Throws LabsweepError and its kinds. */
export async function narrowCommand(options: NarrowOptions): Promise<number> {
  refuseContradictions(options);
  const { display, out, fresh, signal } = options;
  const onProgress = (line: string) => display.line(line);
  const task = await readNarrowTask({ ...options, onProgress });
  const folder = await chooseFolder({ base: task.base, out, fresh });
  const lock = await lockFolder(folder.path);
  try {
    announce(options, { task, folder });
    const report = await searchInFolder(options, { task, folder });
    display.end();
    await finish(options, { report, folder });
    return signal.aborted ? EXIT_INTERRUPTED : exitCodeFor(report);
  } catch (error) {
    if (!signal.aborted) throw error;
    return EXIT_INTERRUPTED;
  } finally {
    display.end();
    lock.release();
  }
}

function refuseContradictions(options: NarrowOptions): void {
  const { perRound = 1, blocks = BLOCKS_MIN, blocksMax = blocks } = options;
  checkLabChoice(options);
  if (perRound > PER_ROUND_MAX) {
    throw new UsageError(`--per-round: at most ${PER_ROUND_MAX}, got ${perRound}`);
  }
  if (blocks < BLOCKS_MIN) {
    throw new UsageError(`--blocks: from ${BLOCKS_MIN} on, for one block has no interval`);
  }
  if (blocksMax < blocks) {
    throw new UsageError(`--blocks-max ${blocksMax} is less than one round has, ${blocks}`);
  }
}

interface Place {
  readonly task: NarrowTask;
  readonly folder: SweepFolder;
}

function announce({ display }: NarrowOptions, { task, folder }: Place): void {
  const { kernels, metric, row } = task;
  const names = kernels.map(({ name }) => name);
  display.line(
    `${folder.resumed ? 'going on with' : 'narrowing'} ${folder.sweep}, in ${folder.path}: ` +
      `${metric.name} in ${row}`,
  );
  display.line(`${names.length} kernels, from good to bad: ${names.join(' ')}`);
}

async function searchInFolder(options: NarrowOptions, place: Place): Promise<NarrowReport> {
  const { task, folder } = place;
  const { display, signal, controller, scenario, perRound, runners } = options;
  const blocks = options.blocks ?? Math.max(BLOCKS_MIN, task.inputs.spec.repetitions);
  const marked = controller === undefined ? { ...folder, runners } : folder;
  await markFolder(marked, 'running');
  return withLab({ ...options, path: folder.path }, async (lab) => {
    const base = folder.sweep;
    return new NarrowSearch({
      task,
      base,
      lab: new NarrowLab({ lab, task, base, folder: folder.path, display }),
      ...(scenario === undefined ? {} : { scenario }),
      ...(perRound === undefined ? {} : { perRound }),
      blocks,
      blocksMax: Math.max(blocks, options.blocksMax ?? ROUNDS_OF_DOUBT * blocks),
      sandwichBlocks: options.sandwichBlocks ?? Math.max(SANDWICH_BLOCKS_MIN, blocks),
      tell: (line) => display.line(line),
      signal,
    }).run();
  });
}

async function finish(
  { print, json, display, controller, runners }: NarrowOptions,
  { report, folder }: { readonly report: NarrowReport; readonly folder: SweepFolder },
): Promise<void> {
  const text = renderNarrowText(report, durationText);
  const data = renderNarrowJson(report);
  await mkdir(folder.path, { recursive: true });
  await writeFile(join(folder.path, 'narrow.txt'), text);
  await writeFile(join(folder.path, 'narrow.json'), data);
  for (const sentence of endSentences(report)) display.line(sentence);
  print(json ? data : text);
  display.line(`written to ${join(folder.path, 'narrow.txt')} and narrow.json`);
  // What is not complete is gone on with by the same command, with more blocks for instance.
  const isOver = [0, EXIT_NO_VERDICT].includes(exitCodeFor(report));
  const marked = controller === undefined ? { ...folder, runners } : folder;
  if (isOver) await markFolder(marked, 'ended');
}

function exitCodeFor({ end, sandwich }: NarrowReport): number {
  switch (end.kind) {
    case 'no-effect':
      return EXIT_NO_VERDICT;
    case 'end-fails':
    case 'unfinished':
      return EXIT_INCOMPLETE;
    case 'found':
      if (end.pair.between.length > 0 || sandwich?.effect === undefined) return EXIT_INCOMPLETE;
      return end.confirmed === true ? 0 : EXIT_NO_VERDICT;
  }
}
