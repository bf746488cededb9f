// SPDX-License-Identifier: Apache-2.0
/**
 * What the keys of a spec are made of: numbers in bounds, lines of text, lists and tables that say
 * what they expected. It knows no key.
 */
import type { KernelName } from '@labsweep/proto';
import { z } from 'zod';
import * as limits from './limits.js';
import * as names from './names.js';
import type { TextResult } from './text-result.js';

/** A line that shows how a key is written, for whoever got it wrong. */
export const examples = z.registry<{ example: string }>();

/**
 * A key together with such a line. The copy lets several keys share a schema, each with its own.
 */
export function key<Schema extends z.ZodType>(example: string, schema: Schema): Schema {
  const copy = schema.clone();
  examples.add(copy, { example });
  return copy;
}

export function integer(min: number, max: number) {
  return z.int().min(min, `expected ${min}..${max}`).max(max, `expected ${min}..${max}`);
}

export function seconds(min = limits.DURATION_S_MIN, max = limits.DURATION_S_MAX) {
  const expected = `expected ${min}..${max} seconds`;
  return z.number().min(min, expected).max(max, expected);
}

/** A line of text; `lengthMin` is 0 where nothing is a sensible value. */
export function line({ lengthMin = 1, lengthMax = limits.TEXT_LENGTH_MAX }) {
  return z
    .string()
    .min(lengthMin, 'expected some text')
    .max(lengthMax, `expected at most ${lengthMax} characters`)
    .regex(names.PLAIN_LINE, 'expected one line without control characters');
}

/** A text that is a language of its own, read by its own parser. */
export function parsed<Value>(parse: (text: string) => TextResult<Value>) {
  return line({ lengthMin: 0 }).transform((text, context) => {
    const result = parse(text);
    if (result.ok) return result.value;
    context.addIssue({ code: 'custom', message: result.what, params: { hint: result.hint } });
    return z.NEVER;
  });
}

/** As `2%`, read as a fraction. A bare number could mean either, so it is refused. */
export const percent = parsed((text): TextResult<number> => {
  const digits = /^(\d{1,3}(?:\.\d{1,3})?)\s*%$/.exec(text)?.[1];
  const value = Number(digits);
  if (digits !== undefined && value >= limits.PERCENT_MIN && value <= limits.PERCENT_MAX) {
    return { ok: true, value: value / 100 };
  }
  const what = `expected ${limits.PERCENT_MIN}%..${limits.PERCENT_MAX}%`;
  return { ok: false, what, hint: 'written with its sign and in quotes, as in "2%"' };
});

export function list<Element extends z.ZodType>(element: Element, { min = 0, max = Infinity }) {
  const sized = z.array(element).min(min, 'expected at least one');
  return max === Infinity ? sized : sized.max(max, `expected at most ${max}`);
}

/** Tables whose keys the user makes up: 1 to `max` entries that look like `entry`. */
export function named<Value extends z.ZodType>(
  name: z.ZodString,
  value: Value,
  { max, entry }: { max: number; entry: string },
) {
  const isSized = (table: object) =>
    Object.keys(table).length >= 1 && Object.keys(table).length <= max;
  const params = { hint: `an entry is written \`${entry}\`` };
  return z.record(name, value).refine(isSized, { error: `expected 1..${max} entries`, params });
}

/** A number that the reproducer prints, as it stands in front of `=`. */
export const metricName = z
  .string()
  .regex(names.METRIC_NAME, 'expected a name of at most 64 letters, digits and `_` `.` `-`');

/** A use of a kernel's name; that it exists is checked with the whole spec at hand. */
export const kernelReference = z.string().transform((text) => text as KernelName);
