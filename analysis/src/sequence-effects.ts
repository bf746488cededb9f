// SPDX-License-Identifier: Apache-2.0
/**
 * What the order of a sweep did to its numbers: hosts that drift, first blocks unlike the rest, and
 * changes that themselves drift. Drift of a host cancels inside blocks; it is told all the same.
 */
import type { HostId, KernelName } from '@labsweep/proto';
import type { Cell } from './cell.js';
import { findOutliers } from './statistics/outliers.js';
import { meanOf } from './statistics/summary.js';
import { type Trend, trendOf } from './statistics/trend.js';

/** Several series are looked at in each report, so one in a hundred is no finding by itself. */
export const TREND_LEVEL = 0.01;

export interface SequenceEffects {
  /** One for each host with enough blocks. */
  readonly hosts: readonly HostSequence[];
  /** One for each kernel whose change was seen in enough blocks. */
  readonly changes: readonly ChangeSequence[];
}

export interface HostSequence {
  readonly host: HostId;
  /** Of the level of a block, all kernels together, in percent per block. */
  readonly drift: Trend;
  readonly hasDrift: boolean;
  /** The first block lies far from the others by this much; absent where it does not. */
  readonly firstPercent?: number;
}

export interface ChangeSequence {
  readonly kernel: KernelName;
  /** Of kernel / baseline, in percent per block. */
  readonly drift: Trend;
  readonly hasDrift: boolean;
}

/** `cells` are those of one metric in one row. */
export function sequenceEffects(cells: readonly Cell[]): SequenceEffects {
  return {
    hosts: hostSequences(cells),
    changes: cells.flatMap(({ kernel, comparison }) => {
      if (comparison.kind !== 'compared') return [];
      const drift = trendOf(comparison.ratios.map((ratio) => Math.log(ratio) * 100));
      if (drift === undefined) return [];
      return [{ kernel, drift, hasDrift: drift.p < TREND_LEVEL }];
    }),
  };
}

/** A block that lacks a kernel has no level beside the others, so it is left out. */
function hostSequences(cells: readonly Cell[]): HostSequence[] {
  const blocks = new Map<string, { host: HostId; startedAtMs: number; logs: number[] }>();
  for (const { block, host, value, startedAtMs } of cells.flatMap((cell) => cell.values)) {
    if (value <= 0) continue;
    const known = blocks.get(block);
    if (known === undefined) blocks.set(block, { host, startedAtMs, logs: [Math.log(value)] });
    else {
      known.logs.push(Math.log(value));
      known.startedAtMs = Math.min(known.startedAtMs, startedAtMs);
    }
  }
  const most = Math.max(0, ...[...blocks.values()].map(({ logs }) => logs.length));
  const whole = [...blocks.values()].filter(({ logs }) => logs.length === most);
  return [...new Set(whole.map(({ host }) => host))].flatMap((host) => {
    const levels = whole
      .filter((block) => block.host === host)
      .toSorted((a, b) => a.startedAtMs - b.startedAtMs)
      .map(({ logs }) => meanOf(logs) * 100);
    const drift = trendOf(levels);
    if (drift === undefined) return [];
    const [first = 0, ...others] = levels;
    const isOut = findOutliers(levels).some(({ index }) => index === 0);
    const firstPercent = Math.expm1((first - meanOf(others)) / 100) * 100;
    return [{ host, drift, hasDrift: drift.p < TREND_LEVEL, ...(isOut ? { firstPercent } : {}) }];
  });
}
