// SPDX-License-Identifier: Apache-2.0
/**
 * The founding measurements as records of a sweep, so that reports can be made of them: the steps
 * on bare metal as they were printed, and the lab's summary with series made to fit it.
 */
import type { Metric } from '@labsweep/proto';
import { parseCsv } from '../report/csv.js';
import { readFoundingSummary, type SummaryCell } from '../report/founding-summary.js';
import type { RecordOptions, RecordRow } from './record-options.js';
import { qemuRow } from './sample-records.js';

const ITERATION: Metric = {
  name: 'iteration_ns_per_page',
  unit: 'ns/page',
  direction: 'lower',
  meaning: '',
};

/** Series of `iteration_ns_per_page` by release, in the order of the file. */
export function bareMetalSeries(text: string): Record<string, number[]> {
  const [header = [], ...steps] = parseCsv(text);
  const [kernel, value] = [header.indexOf('kernel'), header.indexOf(ITERATION.name)];
  const series: Record<string, number[]> = {};
  for (const step of steps) {
    const release = step[kernel] ?? '';
    series[release] = [...(series[release] ?? []), Number(step[value])];
  }
  return series;
}

/** A native row whose blocks are the rounds over all kernels, one boot each. */
export function bareMetalSweep(text: string): RecordOptions {
  const series = bareMetalSeries(text);
  const kernels = Object.keys(series);
  return {
    seed: 1,
    hostsMax: 1,
    releases: Object.fromEntries(kernels.map((kernel) => [kernel, kernel])),
    rows: [nativeRow(kernels)],
    repetitions: Math.max(...Object.values(series).map(({ length }) => length)),
    baseline: kernels[0] ?? '',
    metrics: [ITERATION],
    values: ({ kernel, repetition }): Record<string, number> => {
      const value = series[kernel]?.[repetition - 1];
      return value === undefined ? {} : { [ITERATION.name]: value };
    },
  };
}

function nativeRow(kernels: readonly string[]): RecordRow {
  const facts = { clocksource: 'tsc', clocksource_end: 'tsc' };
  return {
    id: 'native-smp1',
    asked: 'native',
    ran: 'native',
    smp: 1,
    kernels,
    told: () => ({ facts }),
  };
}

/**
 * The lab's QEMU rows beside the bare-metal one, as if of one box. A summary has no series, so each
 * is made anew with the mean, the spread and the number of runs of its cell: its other numbers are
 * not those of the lab.
 */
export function bothEnvironments(texts: {
  readonly summary: string;
  readonly steps: string;
  readonly smp: readonly number[];
}): RecordOptions {
  const native = bareMetalSweep(texts.steps);
  const cells = readFoundingSummary(texts.summary).filter(
    ({ metric }) => metric === ITERATION.name,
  );
  const kernels = [...new Set(cells.map(({ kernel }) => kernel))];
  const releases = cells.map(({ kernel, release }) => [kernel, release] as const);
  const series = new Map(
    cells.map((cell) => [`qemu-smp${cell.smp} ${cell.kernel}`, seriesLike(cell)]),
  );
  return {
    ...native,
    rows: [
      ...texts.smp.map((smp) => qemuRow(smp, { kernels })),
      ...native.rows.map((row) => ({ ...row, repetitions: native.repetitions })),
    ],
    repetitions: Math.max(...[...series.values()].map(({ length }) => length)),
    baseline: kernels[0] ?? '',
    releases: { ...native.releases, ...Object.fromEntries(releases) },
    values: (place): Readonly<Record<string, number>> => {
      const value = series.get(`${place.row} ${place.kernel}`)?.[place.repetition - 1];
      return value === undefined ? (native.values?.(place) ?? {}) : { [ITERATION.name]: value };
    },
  };
}

/** Half of the values above the mean and half below; one on it where their number is odd. */
function seriesLike({ mean, cv, runsOk }: SummaryCell): number[] {
  const isOdd = runsOk % 2 === 1;
  const reach = cv * mean * (isOdd ? 1 : Math.sqrt((runsOk - 1) / runsOk));
  return Array.from({ length: runsOk }, (_, index) => {
    if (isOdd && index === runsOk - 1) return mean;
    return mean + (index % 2 === 0 ? reach : -reach);
  });
}
