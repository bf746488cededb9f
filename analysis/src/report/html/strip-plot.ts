// SPDX-License-Identifier: Apache-2.0
/**
 * The raw values of one row in the order in which they were measured, so that drift and outliers
 * can be seen, with each kernel's median and interval beside them. Failed trials are crosses below.
 */
import type { HostId, KernelName } from '@labsweep/proto';
import type { Cell } from '../../cell.js';
import type { Report, ReportRow } from '../../report-model.js';
import type { SweepRecord } from '../../sweep-record.js';
import { decimalsFor, formatLevel } from '../format-number.js';
import { at, colourOf, line, linearScale, mark, picture, text } from './marks.js';
import { element, type Markup } from './markup.js';

const WIDTH = 360;
const PLOT = { left: 44, right: 262, top: 14, bottom: 168 };
const FAILED_Y = 182;
/** The medians stand apart from the values, one column each. */
const MEDIANS = { left: 280, right: 350 };
const TICKS = 4;

interface PlotTrial {
  readonly kernel: KernelName;
  readonly host: HostId;
  /** By which trials stand from left to right. */
  readonly turn: number;
  /** Absent for a trial that failed. */
  readonly value?: number;
  readonly isOutlier: boolean;
}

/** Undefined without a value. */
export function stripPlot(
  { record, report }: { readonly record: SweepRecord; readonly report: Report },
  row: ReportRow,
): Markup | undefined {
  // The baseline's second turn is part of what was measured, though it is in no table.
  const again = row.again === undefined ? [] : [row.again];
  const cells = [...(row.metrics[0]?.cells ?? []), ...again].filter(
    ({ values }) => values.length > 0,
  );
  if (cells.length === 0) return undefined;
  const names = [...report.head.kernels, ...again.map(({ kernel }) => ({ name: kernel }))];
  const placeOf = (kernel: KernelName): number => names.findIndex(({ name }) => name === kernel);
  const trials = trialsOf(record, { row, cells });
  const hosts = [...new Set(trials.map(({ host }) => host))];
  const y = valueScale(cells);
  const x = linearScale(
    { low: 0, high: Math.max(1, trials.length - 1) },
    { from: PLOT.left + 8, to: PLOT.right - 8 },
  );
  const title = `${report.primary.name} of ${row.label}, ${orderWords(report)}`;
  const legend = legendOf(cells, { placeOf, top: FAILED_Y + 22 });
  const marks = trials.map((trial, index) =>
    trialMark(trial, {
      place: placeOf(trial.kernel),
      x: x(index),
      y,
      isHollow: hosts.indexOf(trial.host) % 2 === 1,
    }),
  );
  const children = [
    ...axis(cells, { y, unit: report.primary.unit }),
    ...marks.flat(),
    ...medians(cells, { placeOf, y }),
    ...legend.marks,
  ];
  const notes = [
    `left to right: ${orderWords(report)}; right: median with its 95 % interval`,
    ...(hosts.length > 1 ? ['filled and hollow: hosts in turn'] : []),
    ...(trials.some(({ value }) => value === undefined) ? ['cross: failed trial'] : []),
    ...(trials.some(({ isOutlier }) => isOutlier) ? ['ring: outlier, kept'] : []),
  ];
  return element(
    'figure',
    {},
    element('figcaption', {}, row.label),
    picture({ width: WIDTH, height: legend.bottom }, title, children),
    element('p', { class: 'soft' }, `${notes.join('; ')}.`),
  );
}

/** A table made elsewhere does not tell when its trials ran. */
export function orderWords({ head }: Report): string {
  return head.table === undefined ? 'in execution order' : 'by repetition';
}

/** Values that count and trials that failed, by the time at which they began, where it is told. */
function trialsOf(
  record: SweepRecord,
  { row, cells }: { readonly row: ReportRow; readonly cells: readonly Cell[] },
): PlotTrial[] {
  const measured = cells.flatMap(({ kernel, values, outliers }) =>
    values.map(({ host, startedAtMs, repetition, value }, index) => ({
      kernel,
      host,
      turn: record.table === undefined ? startedAtMs : repetition,
      value,
      isOutlier: outliers.some((each) => each.index === index),
    })),
  );
  const repetitions = new Map(record.plan.blocks.map(({ id, repetition }) => [id, repetition]));
  const failed = record.entries
    .filter(
      ({ block, outcome, environment }) =>
        block.startsWith(`${row.row}/`) &&
        outcome.status !== 'measured' &&
        environment === row.environment,
    )
    .map(({ kernel, host, startedAtMs, block }) => ({
      kernel,
      host,
      turn: record.table === undefined ? startedAtMs : (repetitions.get(block) ?? 0),
      isOutlier: false,
    }));
  return [...measured, ...failed].toSorted((a, b) => a.turn - b.turn);
}

/** A tenth of the span is left free at either end. */
function valueScale(cells: readonly Cell[]): (value: number) => number {
  const all = cells.flatMap(({ values, interval }) => [
    ...values.map(({ value }) => value),
    ...(interval.method === 'none' ? [] : [interval.low, interval.high]),
  ]);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = (high - low) * 0.08 || Math.abs(high) * 0.02 || 1;
  return linearScale({ low: low - room, high: high + room }, { from: PLOT.bottom, to: PLOT.top });
}

function axis(
  cells: readonly Cell[],
  { y, unit }: { readonly y: (value: number) => number; readonly unit: string },
): Markup[] {
  const values = cells.flatMap((cell) => cell.values.map(({ value }) => value));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const count = low === high ? 1 : TICKS;
  const ticks = Array.from({ length: count }, (_, index) =>
    count === 1 ? low : low + ((high - low) * index) / (count - 1),
  );
  const decimals = Math.max(0, decimalsFor([high]) - 1);
  return [
    text(unit, { x: 2, y: 9, style: 'soft' }),
    ...ticks.flatMap((tick) => [
      line('axis', { x1: PLOT.left, y1: y(tick), x2: MEDIANS.right, y2: y(tick) }),
      text(formatLevel(tick, decimals), {
        x: PLOT.left - 4,
        y: y(tick) + 3.5,
        anchor: 'end',
        style: 'soft',
      }),
    ]),
    line('axis', { x1: PLOT.right + 8, y1: PLOT.top, x2: PLOT.right + 8, y2: PLOT.bottom }),
  ];
}

function trialMark(
  { value, isOutlier }: PlotTrial,
  {
    place,
    x,
    y,
    isHollow,
  }: {
    readonly place: number;
    readonly x: number;
    readonly y: (value: number) => number;
    readonly isHollow: boolean;
  },
): Markup[] {
  if (value === undefined) {
    const cross = (dy: number): Markup =>
      line('failed', { x1: x - 3, y1: FAILED_Y - dy, x2: x + 3, y2: FAILED_Y + dy });
    return [cross(3), cross(-3)];
  }
  const ring = element('circle', { class: 'ring', cx: at(x), cy: at(y(value)), r: 6.5 });
  return [mark(place, { x, y: y(value), isHollow }), ...(isOutlier ? [ring] : [])];
}

function medians(
  cells: readonly Cell[],
  {
    placeOf,
    y,
  }: {
    readonly placeOf: (kernel: KernelName) => number;
    readonly y: (value: number) => number;
  },
): Markup[] {
  const x = linearScale(
    { low: -0.5, high: cells.length - 0.5 },
    { from: MEDIANS.left, to: MEDIANS.right },
  );
  return cells.flatMap(({ kernel, summary, interval }, index) => {
    if (summary === undefined) return [];
    const place = placeOf(kernel);
    const whisker = `${colourOf(place)} whisker`;
    const column = x(index);
    const end = (value: number): Markup =>
      line(whisker, { x1: column - 3, y1: y(value), x2: column + 3, y2: y(value) });
    const range =
      interval.method === 'none'
        ? []
        : [
            line(whisker, {
              x1: column,
              y1: y(interval.low),
              x2: column,
              y2: y(interval.high),
            }),
            end(interval.low),
            end(interval.high),
          ];
    return [...range, mark(place, { x: column, y: y(summary.median) })];
  });
}

/** A line each: names may be long. */
function legendOf(
  cells: readonly Cell[],
  { placeOf, top }: { readonly placeOf: (kernel: KernelName) => number; readonly top: number },
): { readonly marks: Markup[]; readonly bottom: number } {
  const marks = cells.flatMap(({ kernel, summary }, index) => {
    const y = top + index * 15;
    const level =
      summary === undefined
        ? ''
        : `  ${formatLevel(summary.median, decimalsFor([summary.median]))}`;
    return [
      mark(placeOf(kernel), { x: PLOT.left + 4, y: y - 3.5 }),
      text(`${kernel}${level}`, { x: PLOT.left + 14, y }),
    ];
  });
  return { marks, bottom: top + cells.length * 15 };
}
