// SPDX-License-Identifier: Apache-2.0
/**
 * Asks whether the clock of a row's trials was fine enough for what was timed with it. It looks at
 * metrics that are a time, or a time per page or per iteration; of other rates the length of one
 * timed stretch is not known.
 */
import type { KernelName, Metric, Sample, TrialEnded } from '@labsweep/proto';
import { measuredTrials, type RowView } from './row-view.js';
import { resultLines } from './trial-value.js';

/**
 * A stretch of fewer ticks than this is read with an error of more than 1 %, of either sign, each
 * time that it is timed.
 */
export const TICKS_MIN = 100;

/** What a trial says of the smallest step of its clock, on its result line or of its machine. */
const RESOLUTION_KEY = 'clock_resolution_ns';
/** The same of its machine after the run. */
const RESOLUTION_END_KEY = 'clock_resolution_end_ns';

/** Steps that are seen vary by themselves; one that is so much longer is that of another clock. */
const CHANGE_RATIO_MIN = 10;

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

/** A bare time is taken for one stretch: where it is a sum of several, they are shorter still. */
function timedUnit({ name, unit, direction }: Metric): TimedUnit | undefined {
  if (direction === 'none') return undefined;
  const byUnit = /^(ns|us|ms|s)(?:\/(page|iteration))?$/.exec(unit);
  // A unit in words, such as `nanoseconds`, leaves it to the name; a rate is no time.
  const byName = unit.includes('/') ? null : /(?:^|_)(ns|us|ms)$/.exec(name);
  const [, time = '', per] = byUnit ?? byName ?? [];
  const timeNs = NANOSECONDS[time];
  if (timeNs === undefined) return undefined;
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

/** The worse of what it was at the start and at the end, as far as they are told. */
function resolutionOf({ trial, line }: TrialLine): number | undefined {
  const { facts } = trial.outcome;
  const told = [
    line.values[RESOLUTION_KEY] ?? Number(facts[RESOLUTION_KEY]),
    Number(facts[RESOLUTION_END_KEY]),
  ].filter((each) => Number.isFinite(each) && each > 0);
  return told.length === 0 ? undefined : Math.max(...told);
}

/** `30 ns -> 4 ms` where the machine's clock was another one at the end of the trial. */
export function resolutionChange(facts: Readonly<Record<string, string>>): string | undefined {
  const [start, end] = [Number(facts[RESOLUTION_KEY]), Number(facts[RESOLUTION_END_KEY])];
  if (!(start > 0 && end > 0)) return undefined;
  const isChange = Math.max(start, end) >= CHANGE_RATIO_MIN * Math.min(start, end);
  return isChange ? `${timeText(start)} -> ${timeText(end)}` : undefined;
}

function missingKeys(lines: readonly TrialLine[], unit: TimedUnit): string[] {
  const lacksPages = lines.every(({ line }) => line.values.pages === undefined);
  return [
    ...(unit.per === 'page' && lacksPages ? ['pages'] : []),
    ...(lines.every((each) => resolutionOf(each) === undefined) ? [RESOLUTION_KEY] : []),
  ];
}
