// SPDX-License-Identifier: Apache-2.0
/** The metrics of a table: their units, and which way is good where the table does not say it. */
import type { Metric } from '@labsweep/proto';
import type { Measurement } from './measurement.js';

export interface MeasuredMetrics {
  /** The primary one first. */
  readonly metrics: readonly Metric[];
  /** Those whose direction is a guess. */
  readonly guessed: readonly Metric[];
}

const TIME_UNIT = /^(?:ns|us|ms|s|sec|seconds?|cycles)(?:\/|$)/i;
const TIME_NAME = /(?:^|_)(?:ns|us|ms|seconds|cycles|latency|time)(?:_|$)/i;
const RATE = /\/(?:s|sec|second)$|(?:^|_)per_sec(?:ond)?(?:_|$)/i;

/** In the order of the table, but for the primary one. */
export function measuredMetrics(
  measurements: readonly Measurement[],
  primary: string | undefined,
): MeasuredMetrics {
  const found = new Map<string, { readonly metric: Metric; readonly isGuessed: boolean }>();
  for (const { metric: name, unit = '', direction } of measurements) {
    if (name === undefined || found.has(name)) continue;
    const metric = { name, unit, direction: direction ?? guess(name, unit), meaning: '' };
    found.set(name, { metric, isGuessed: direction === undefined });
  }
  const all = [...found.values()];
  const isFirst = ({ metric }: (typeof all)[number]) => metric.name === primary;
  const ordered = [...all.filter(isFirst), ...all.filter((each) => !isFirst(each))];
  return {
    metrics: ordered.map(({ metric }) => metric),
    guessed: ordered.filter(({ isGuessed }) => isGuessed).map(({ metric }) => metric),
  };
}

/** A time is better when it is shorter and a rate when it is higher; of all else nobody knows. */
function guess(name: string, unit: string): Metric['direction'] {
  if (RATE.test(unit) || (unit === '' && RATE.test(name))) return 'higher';
  return TIME_UNIT.test(unit) || TIME_NAME.test(name) ? 'lower' : 'none';
}
