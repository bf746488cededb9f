// SPDX-License-Identifier: Apache-2.0
/**
 * How numbers are shown to readers. Files for machines carry full precision and do not come here.
 */
import type { PercentChange } from '../compare.js';

/** Digits after the point that leave the smallest level of a row with four digits. */
export function decimalsFor(levels: readonly number[]): number {
  const sizes = levels.map(Math.abs).filter((size) => size > 0);
  if (sizes.length === 0) return 0;
  return clamp(3 - Math.floor(Math.log10(Math.min(...sizes))), { low: 0, high: 6 });
}

/** The digits that all levels of a row share, by the medians of its cells. */
export function levelDecimals(
  cells: readonly { readonly summary?: { readonly median: number } }[],
): number {
  return decimalsFor(cells.flatMap(({ summary }) => (summary === undefined ? [] : summary.median)));
}

/** A level in the unit of its metric; huge and tiny ones in powers of ten. */
export function formatLevel(value: number, decimals: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e12 || size < 1e-6)) return value.toExponential(3);
  return plain(value, decimals);
}

/** Like `formatLevel`, with the sign of a difference. */
export function formatDifference(value: number, decimals: number): string {
  return signed(formatLevel(value, decimals));
}

/** `2.12x`: three digits, whatever the size. */
export function formatFactor(ratio: number): string {
  if (ratio >= 1e6) return `${ratio.toExponential(1)}x`;
  return `${plain(ratio, ratio >= 100 ? 0 : ratio >= 10 ? 1 : 2)}x`;
}

/** `[1.41, 2.43]`: both bounds of a ratio, as `formatFactor` gives them. */
export function formatFactorRange(bounds: { readonly low: number; readonly high: number }): string {
  const [low = '', high = ''] = [bounds.low, bounds.high].map((bound) =>
    formatFactor(bound).slice(0, -1),
  );
  return formatRange(low, high);
}

/** A share of something as `43%` or, with decimals, `28.0%`. */
export function formatShare(fraction: number, decimals = 0): string {
  return `${percentDigits(fraction * 100, decimals)}%`;
}

/** `[5.0, 8.2]` from texts that are formatted already. */
export function formatRange(low: string, high: string): string {
  return `[${low}, ${high}]`;
}

/** A clear change: its size without sign, and the interval in the same direction. */
export function formatClearChange(change: PercentChange): { size: string; range: string } {
  const decimals = clearDecimals(change);
  const bounds = [Math.abs(change.low), Math.abs(change.high)].sort((a, b) => a - b);
  const [low = 0, high = 0] = bounds.map((bound) => percentDigits(bound, decimals));
  return {
    size: `${percentDigits(Math.abs(change.estimate), decimals)}%`,
    range: formatRange(String(low), String(high)),
  };
}

/** `[-1.2, +0.8]`: signs are those of the value. */
export function formatSignedRange(change: PercentChange): string {
  const text = (bound: number): string => signed(percentDigits(bound, 1));
  return formatRange(text(change.low), text(change.high));
}

/** `-1.2% to +0.8%`: for sentences, where a unit must not part from its number. */
export function formatSpan(change: PercentChange): string {
  const text = (bound: number): string => `${signed(percentDigits(bound, 1))}%`;
  return `${text(change.low)} to ${text(change.high)}`;
}

/** `+6.6% [+4.1, +9.1]`, and whole percents from 10 % on: for tables with little room. */
export function formatCompactChange(change: PercentChange): string {
  const decimals = Math.abs(change.estimate) >= 10 ? 0 : clearDecimals(change);
  const text = (percent: number): string => signed(percentDigits(percent, decimals));
  return `${text(change.estimate)}% ${formatRange(text(change.low), text(change.high))}`;
}

/** `+48.3%` and `[+47.8, +48.7]`: signs are those of the value. */
export function formatSignedChange(change: PercentChange): { size: string; range: string } {
  const isClear = change.low > 0 || change.high < 0;
  const decimals = isClear ? clearDecimals(change) : 1;
  const text = (percent: number): string => signed(percentDigits(percent, decimals));
  return {
    size: `${text(change.estimate)}%`,
    range: formatRange(text(change.low), text(change.high)),
  };
}

/** `<0.001` or three decimals. */
export function formatP(p: number): string {
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}

/** As many decimals as keep a bound of a clear change from showing as 0. */
function clearDecimals({ low, high }: PercentChange): number {
  const nearest = Math.min(Math.abs(low), Math.abs(high));
  return [1, 2, 3].find((decimals) => Number(nearest.toFixed(decimals)) !== 0) ?? 3;
}

function percentDigits(percent: number, decimals: number): string {
  if (Math.abs(percent) >= 1e6) return percent.toExponential(1);
  return plain(percent, Math.abs(percent) >= 1000 ? 0 : decimals);
}

/** Fixed decimals without a minus before zero. */
function plain(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

function signed(text: string): string {
  return text.startsWith('-') || Number(text) === 0 ? text : `+${text}`;
}

function clamp(value: number, { low, high }: { low: number; high: number }): number {
  return Math.min(Math.max(value, low), high);
}
