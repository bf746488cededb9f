// SPDX-License-Identifier: Apache-2.0
/** One number of the control plane: what is asked of it and what was measured. */

export interface Figure {
  readonly name: string;
  readonly measured: number;
  readonly unit: string;
  /** Absent where nothing is asked. */
  readonly asked?: { readonly atLeast: number } | { readonly atMost: number };
  /** What this machine can do at all, to compare with. */
  readonly isRawLimit?: true;
  /** What the number hangs on, a few words. */
  readonly note?: string;
}

export function isMet({ measured, asked }: Figure): boolean {
  if (asked === undefined) return true;
  return 'atLeast' in asked ? measured >= asked.atLeast : measured <= asked.atMost;
}

const NAME_WIDTH = 46;
const NUMBER_WIDTH = 12;

export function figureLine(figure: Figure): string {
  const { name, measured, unit, asked, note = '' } = figure;
  const verdict = asked === undefined ? '' : isMet(figure) ? 'ok' : 'BROKEN';
  const columns = [
    name.padEnd(NAME_WIDTH),
    limitText(figure).padStart(NUMBER_WIDTH),
    numberText(measured).padStart(NUMBER_WIDTH),
    unit.padEnd(NUMBER_WIDTH),
    verdict.padEnd(6),
    note,
  ];
  return columns.join('  ').trimEnd();
}

export const FIGURE_HEAD = [
  ''.padEnd(NAME_WIDTH),
  'asked'.padStart(NUMBER_WIDTH),
  'measured'.padStart(NUMBER_WIDTH),
].join('  ');

function limitText({ asked, isRawLimit }: Figure): string {
  if (asked === undefined) return isRawLimit === true ? 'raw limit' : '';
  return 'atLeast' in asked ? `>= ${numberText(asked.atLeast)}` : `<= ${numberText(asked.atMost)}`;
}

function numberText(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2);
}
