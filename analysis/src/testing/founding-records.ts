// SPDX-License-Identifier: Apache-2.0
/**
 * The founding measurements as records of a sweep, so that reports can be made of them: the steps
 * on bare metal as they were printed.
 */
import type { Metric } from '@labsweep/proto';
import { parseCsv } from '../report/csv.js';
import type { RecordOptions, RecordRow } from './record-options.js';

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
