// SPDX-License-Identifier: Apache-2.0
/** What every output adapter turns the reproducer's text into, and the words they share. */
import type { Sample } from '@labsweep/proto';

/** A sample, and the line that a message about it shows. */
export interface ParsedLine {
  readonly line: string;
  readonly sample: Sample;
}

/** What an adapter found; `problem` is why the text cannot be read by it at all. */
export interface AdapterReading {
  readonly parsed: readonly ParsedLine[];
  readonly problem?: string;
}

/**
 * A sample costs up to a kilobyte in the outcome, and an outcome travels in one message of at most
 * a megabyte.
 */
export const SAMPLES_MAX = 1_000;

/**
 * Longer lines are refused by the adapters that search in a line: cutting one might cut a number.
 */
export const LINE_LENGTH_MAX = 64 * 1024;

const LINE_SHOWN_MAX = 200;

/** The line as a message shows it. */
export function quote(line: string): string {
  return line.length > LINE_SHOWN_MAX ? `'${line.slice(0, LINE_SHOWN_MAX)}...'` : `'${line}'`;
}

/**
 * Hexadecimal, `nan`, `inf` and values beyond a double are texts: none of them is a measurement.
 */
export function parseDecimal(text: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** Refuses a text with a line that is too long to be searched, and names the line. */
export function describeLongLine(lines: readonly string[]): string | undefined {
  const index = lines.findIndex((line) => line.length > LINE_LENGTH_MAX);
  const line = lines[index];
  if (line === undefined) return undefined;
  return (
    `line ${index + 1} has ${line.length} characters, and ${LINE_LENGTH_MAX} is most: ` +
    `${quote(line)}; print shorter lines`
  );
}
