// SPDX-License-Identifier: Apache-2.0
/**
 * Asks whether the clock of a row's trials was fine enough for what was timed with it. It looks at
 * metrics that are a time per page or per iteration, since only of those is the length of one timed
 * stretch known.
 */
import type { KernelName, Metric, Sample, TrialEnded } from '@labsweep/proto';
import { measuredTrials, type RowView } from './row-view.js';
import { resultLines } from './trial-value.js';

/**
 * A stretch of fewer ticks than this is read with an error of more than 1 %, of either sign, each
 * time that it is timed.
 */
export const TICKS_MIN = 100;

/** What a trial says of the smallest step of its clock, on its result line or of its guest. */
const RESOLUTION_KEY = 'clock_resolution_ns';

const NANOSECONDS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };

export type ClockFinding =
  | {
      readonly kind: 'short';
      readonly metric: string;
      /** Those with such a stretch, in the order of the row. */
      readonly kernels: readonly KernelName[];
      /** The shortest one, which the mean over a trial gives. */
      readonly stretchNs: number;
      readonly resolutionNs: number;
      readonly ticks: number;
    }
  | {
      /** Nothing can be said. */
      readonly kind: 'unknown';
      readonly metric: string;
      /** The keys that no trial told. */
      readonly missing: readonly string[];
    };

/** One finding for each metric that is too short for the clock, or of which that is not known. */
export function clockFindings(view: RowView, metrics: readonly Metric[]): ClockFinding[] {
  const trials = view.blocks.flatMap((block) => measuredTrials(block, view.environment));
  const lines = trials.flatMap((trial) =>
    resultLines(trial.outcome, view.scenario).map((line) => ({ trial, line })),
  );
  if (lines.length === 0) return [];
  return metrics.flatMap((metric) => {
    const unit = timedUnit(metric);
    return unit === undefined ? [] : findingOf({ view, metric: metric.name, unit, lines });
  });
}

/** `0.2 ticks of 4 ms`. */
export function ticksText({
  ticks,
  resolutionNs,
}: Extract<ClockFinding, { kind: 'short' }>): string {
  return `${ticks < 10 ? ticks.toFixed(1) : ticks.toFixed(0)} ticks of ${timeText(resolutionNs)}`;
}

/** `4 ms`, `30 ns`: three digits at most. */
export function timeText(timeNs: number): string {
  const [unit, size] = Object.entries(NANOSECONDS).findLast(([, each]) => timeNs >= each) ?? [
    'ns',
    1,
  ];
  return `${Number((timeNs / size).toPrecision(3))} ${unit}`;
}

interface TimedUnit {
  readonly timeNs: number;
  readonly per: 'page' | 'iteration';
}

function timedUnit({ unit, direction }: Metric): TimedUnit | undefined {
  const [, time = '', per] = /^(ns|us|ms|s)\/(page|iteration)$/.exec(unit) ?? [];
  const timeNs = NANOSECONDS[time];
  if (direction === 'none' || timeNs === undefined) return undefined;
  return { timeNs, per: per === 'page' ? 'page' : 'iteration' };
}

interface TrialLine {
  readonly trial: TrialEnded;
  readonly line: Sample;
}

interface Wanted {
  readonly view: RowView;
  readonly metric: string;
  readonly unit: TimedUnit;
  readonly lines: readonly TrialLine[];
}

function findingOf({ view, metric, unit, lines }: Wanted): ClockFinding[] {
  const printed = lines.filter(({ line }) => line.values[metric] !== undefined);
  if (printed.length === 0) return [];
  const stretches = printed.flatMap((each) => {
    const stretchNs = stretchOf(each.line, { metric, unit });
    const resolutionNs = resolutionOf(each);
    if (stretchNs === undefined || resolutionNs === undefined) return [];
    const { kernel } = each.trial;
    return [{ kernel, stretchNs, resolutionNs, ticks: stretchNs / resolutionNs }];
  });
  const short = stretches.filter(({ ticks }) => ticks < TICKS_MIN);
  const [shortest] = short.toSorted((a, b) => a.ticks - b.ticks);
  if (shortest !== undefined) {
    const { kernel: _, ...numbers } = shortest;
    const kernels = view.planned.kernels.filter((kernel) =>
      short.some((each) => each.kernel === kernel),
    );
    return [{ kind: 'short', metric, kernels, ...numbers }];
  }
  if (stretches.length > 0) return [];
  return [{ kind: 'unknown', metric, missing: missingKeys(printed, unit) }];
}

/** Phases are timed on their own and then summed, so the clock's step counts for each stretch. */
function stretchOf(
  line: Sample,
  { metric, unit }: { readonly metric: string; readonly unit: TimedUnit },
): number | undefined {
  const value = line.values[metric];
  const times = unit.per === 'page' ? line.values.pages : 1;
  if (value === undefined || times === undefined) return undefined;
  return value * unit.timeNs * times;
}

function resolutionOf({ trial, line }: TrialLine): number | undefined {
  const told = line.values[RESOLUTION_KEY] ?? Number(trial.outcome.facts[RESOLUTION_KEY]);
  return Number.isFinite(told) && told > 0 ? told : undefined;
}

function missingKeys(lines: readonly TrialLine[], unit: TimedUnit): string[] {
  const lacksPages = lines.every(({ line }) => line.values.pages === undefined);
  return [
    ...(unit.per === 'page' && lacksPages ? ['pages'] : []),
    ...(lines.every((each) => resolutionOf(each) === undefined) ? [RESOLUTION_KEY] : []),
  ];
}
