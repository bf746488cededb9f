// SPDX-License-Identifier: Apache-2.0
/**
 * Intervals one below the other on a common axis with a line at zero: what phases of a difference
 * and the two environments of an effect have in common. It knows no report.
 */
import { decimalsFor, formatDifference } from '../format-number.js';
import { at, colourOf, line, linearScale, mark, picture, text } from './marks.js';
import { element, type Markup } from './markup.js';

const WIDTH = 360;
const SIDE = 8;
const ROW_HEIGHT = 34;
const TOP = 14;
const AXIS_HEIGHT = 14;
/** Where zero is the left end, a label stands beside its line and not on it. */
const LABEL_GAP = 4;
/** Two labels nearer than this would run into each other. */
const LABEL_ROOM = 40;

export interface ChartRow {
  /** Above its interval, in full width. */
  readonly label: string;
  readonly estimate: number;
  readonly low?: number;
  readonly high?: number;
  /** Of colour and shape. */
  readonly place: number;
  /** Draws a bar from zero to the estimate, for parts of a whole. */
  readonly hasBar?: boolean;
}

/** Nothing without rows. */
export function intervalChart(title: string, rows: readonly ChartRow[]): Markup[] {
  if (rows.length === 0) return [];
  const all = [0, ...rows.flatMap(({ estimate, low, high }) => [estimate, low ?? 0, high ?? 0])];
  const x = linearScale(
    { low: Math.min(...all), high: Math.max(...all) },
    { from: SIDE, to: WIDTH - SIDE },
  );
  const bottom = TOP + rows.length * ROW_HEIGHT;
  const zero = line('zero', { x1: x(0), y1: 4, x2: x(0), y2: bottom });
  const marks = rows.flatMap((row, index) => rowMarks(row, { x, y: TOP + index * ROW_HEIGHT }));
  return [
    picture({ width: WIDTH, height: bottom + AXIS_HEIGHT }, title, [
      zero,
      ...scaleLabels(all, { x, y: bottom + AXIS_HEIGHT - 3 }),
      ...marks,
    ]),
  ];
}

/** The ends of the axis, and zero where it is neither. */
function scaleLabels(
  values: readonly number[],
  { x, y }: { readonly x: (value: number) => number; readonly y: number },
): Markup[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const decimals = Math.max(0, decimalsFor([Math.max(Math.abs(low), Math.abs(high))]) - 1);
  const label = (value: number, anchor: 'start' | 'middle' | 'end'): Markup =>
    text(formatDifference(value, decimals), { x: x(value), y, anchor, style: 'soft' });
  const hasZero = x(0) - x(low) > LABEL_ROOM && x(high) - x(0) > LABEL_ROOM;
  return [label(low, 'start'), label(high, 'end'), ...(hasZero ? [label(0, 'middle')] : [])];
}

function rowMarks(
  { label, estimate, low, high, place, hasBar = false }: ChartRow,
  { x, y }: { readonly x: (value: number) => number; readonly y: number },
): Markup[] {
  const middle = y + 14;
  // On a bar of its own colour an interval could not be seen.
  const style = hasBar ? 'over' : `${colourOf(place)} whisker`;
  const end = (value: number): Markup =>
    line(style, { x1: x(value), y1: middle - 4, x2: x(value), y2: middle + 4 });
  return [
    text(label, { x: SIDE + LABEL_GAP, y: y + 3 }),
    ...(hasBar ? [bar(place, { from: x(0), to: x(estimate), middle })] : []),
    ...(low === undefined || high === undefined
      ? []
      : [line(style, { x1: x(low), y1: middle, x2: x(high), y2: middle }), end(low), end(high)]),
    ...(hasBar ? [] : [mark(place, { x: x(estimate), y: middle })]),
  ];
}

function bar(
  place: number,
  { from, to, middle }: { readonly from: number; readonly to: number; readonly middle: number },
): Markup {
  return element('rect', {
    class: `${colourOf(place)} bar`,
    x: at(Math.min(from, to)),
    y: at(middle - 5),
    width: at(Math.abs(to - from)),
    height: 10,
  });
}
