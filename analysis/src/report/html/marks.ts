// SPDX-License-Identifier: Apache-2.0
/**
 * Marks and scales of the report's plots. A kernel has a colour and a shape, so that neither alone
 * counts.
 */
import { element, type Markup } from './markup.js';
import { KERNEL_COLOURS } from './style.js';

/** Two decimals are finer than any screen, and the same on every machine. */
export function at(place: number): string {
  return String(Math.round(place * 100) / 100);
}

/** From values to places; a scale of one value puts it in the middle. */
export function linearScale(
  values: { readonly low: number; readonly high: number },
  places: { readonly from: number; readonly to: number },
): (value: number) => number {
  const { from, to } = places;
  const span = values.high - values.low;
  if (span === 0) return () => (from + to) / 2;
  return (value) => from + ((value - values.low) / span) * (to - from);
}

export function colourOf(place: number): string {
  return `k${place % KERNEL_COLOURS}`;
}

const SIZE = 3.4;

/** Five shapes by the kernel's place in the sweep, around a point. */
export function mark(
  place: number,
  {
    x,
    y,
    isHollow = false,
  }: { readonly x: number; readonly y: number; readonly isHollow?: boolean },
): Markup {
  const style = `${colourOf(place)}${isHollow ? ' hollow' : ''}`;
  const points = (...offsets: readonly (readonly [number, number])[]): string =>
    offsets.map(([dx, dy]) => `${at(x + dx * SIZE)},${at(y + dy * SIZE)}`).join(' ');
  switch (place % 5) {
    case 0:
      return element('circle', { class: style, cx: at(x), cy: at(y), r: SIZE });
    case 1:
      return element('polygon', { class: style, points: points([0, -1.25], [1.2, 1], [-1.2, 1]) });
    case 2:
      return element('polygon', {
        class: style,
        points: points([-1, -1], [1, -1], [1, 1], [-1, 1]),
      });
    case 3:
      return element('polygon', {
        class: style,
        points: points([0, -1.4], [1.4, 0], [0, 1.4], [-1.4, 0]),
      });
    default:
      return element('polygon', { class: style, points: points([0, 1.25], [1.2, -1], [-1.2, -1]) });
  }
}

export function line(
  style: string,
  { x1, y1, x2, y2 }: { readonly [Key in 'x1' | 'y1' | 'x2' | 'y2']: number },
): Markup {
  return element('line', { class: style, x1: at(x1), y1: at(y1), x2: at(x2), y2: at(y2) });
}

export function text(
  content: string,
  place: {
    readonly x: number;
    readonly y: number;
    readonly anchor?: 'start' | 'middle' | 'end';
    readonly style?: string;
  },
): Markup {
  const { x, y, anchor, style } = place;
  return element('text', { x: at(x), y: at(y), 'text-anchor': anchor, class: style }, content);
}

/** A picture with what a screen reader says of it. */
export function picture(
  size: { readonly width: number; readonly height: number },
  title: string,
  children: readonly Markup[],
): Markup {
  const viewBox = `0 0 ${size.width} ${at(size.height)}`;
  return element('svg', { viewBox, role: 'img' }, element('title', {}, title), children);
}
