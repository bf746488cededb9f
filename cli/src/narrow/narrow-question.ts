// SPDX-License-Identifier: Apache-2.0
/**
 * Reads what is to be narrowed: the spec, the one row of it, the ordered kernels between both ends,
 * and the id under which an interrupted narrowing is found again. It measures nothing.
 */
import {
  debianArchiveOf,
  listSuiteKernels,
  planSweep,
  type RowPlace,
  rowPlace,
} from '@labsweep/controller';
import { type Metric, nearestName, type SweepId, sha256Of, UsageError } from '@labsweep/proto';
import { type LocalInputs, readInputs } from '../local-inputs.js';
import { betweenEnds, inReleaseOrder, type ListedKernel } from './kernel-list.js';

export interface NarrowQuestionOptions {
  readonly spec: string;
  readonly good: string;
  readonly bad: string;
  /** In place of the kernels of the spec: all of these suites. */
  readonly suites: readonly string[];
  readonly row?: string;
  readonly metric?: string;
  readonly seed?: number;
  readonly cacheDirectory: string;
  onProgress(line: string): void;
  readonly signal: AbortSignal;
}

export interface NarrowTask {
  /** Rounds are sweeps of this name with `-r1`, `-r2` and so on. */
  readonly base: SweepId;
  readonly inputs: LocalInputs;
  readonly place: RowPlace;
  readonly row: string;
  readonly metric: Metric;
  /** From the good end to the bad one. */
  readonly kernels: readonly ListedKernel[];
}

/** Throws UsageError for what the user can mend, LabsweepError for the rest. */
export async function readNarrowTask(options: NarrowQuestionOptions): Promise<NarrowTask> {
  const inputs = await readInputs(options.spec, options.seed);
  const row = chooseRow(inputs, options.row);
  const place = rowPlace(inputs.spec, row);
  if (place === undefined) throw new Error(`the plan has the row ${row}, and the spec has not`);
  const all = await listKernels(options, { inputs, place });
  const kernels = betweenEnds(inReleaseOrder(all), options);
  const digest = sha256Of(JSON.stringify([inputs.sweepBase, row, kernels])).slice(0, 8);
  return {
    base: `${inputs.spec.name}-narrow-${digest}` as SweepId,
    inputs,
    place,
    row,
    metric: chooseMetric(inputs, options.metric),
    kernels,
  };
}

/** The first row that can boot any kernel, or the one that is named. */
function chooseRow({ spec, specPath }: LocalInputs, asked: string | undefined): string {
  const timing = planSweep(spec).rows.filter(({ purpose }) => purpose === 'timing');
  const rows = timing.filter(({ environment }) => environment !== 'native').map(({ id }) => id);
  const [first] = rows;
  if (first === undefined) {
    throw new UsageError(
      `${specPath}: narrowing needs a row that boots its kernels, such as \`environment = "qemu"\`; ` +
        'a native row runs on the kernel that is booted',
    );
  }
  if (asked === undefined) return first;
  const found = rows.find((id) => id === asked);
  if (found !== undefined) return found;
  const isNative = timing.some(({ id }) => id === asked);
  const why = isNative ? 'runs on the kernel that is booted' : 'is not in the spec';
  throw new UsageError(`--row: ${asked} ${why}; ${suggest(asked, rows)}`);
}

function chooseMetric({ spec }: LocalInputs, asked: string | undefined): Metric {
  const { metrics } = spec.workload;
  const found = asked === undefined ? metrics[0] : metrics.find(({ name }) => name === asked);
  if (found !== undefined) return found;
  const names = metrics.map(({ name }) => name);
  throw new UsageError(`--metric: the spec has no ${asked}; ${suggest(asked ?? '', names)}`);
}

function suggest(text: string, names: readonly string[]): string {
  const nearest = nearestName(text, names);
  return nearest === undefined ? `it has ${names.join(', ')}` : `did you mean ${nearest}?`;
}

async function listKernels(
  options: NarrowQuestionOptions,
  { inputs, place }: Pick<NarrowTask, 'inputs' | 'place'>,
): Promise<readonly ListedKernel[]> {
  const { suites, cacheDirectory, signal, onProgress } = options;
  if (suites.length === 0) {
    const names = new Set(place.environment.kernels);
    return inputs.spec.kernels
      .filter(({ name }) => names.has(name))
      .map(({ name, text }) => ({ name, source: text }));
  }
  const archive = debianArchiveOf(process.env);
  const listed = await listSuiteKernels(suites, { cacheDirectory, archive, signal, onProgress });
  return listed.map(({ release, source }) => ({ name: release, source }));
}
