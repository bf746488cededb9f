// SPDX-License-Identifier: Apache-2.0
/**
 * Names the scenario of each sample so that every result line of an output is a row of its own:
 * by what the line says, by the row keys of the spec, and by order where both leave two alike.
 */
import type { Sample } from '@labsweep/proto';
import type { ParsedLine } from './parsed-line.js';

/** A name is a column of tables and files; a longer one is a mistake in a pattern. */
const NAME_LENGTH_MAX = 200;

/**
 * `name key=value`, and `name #2` for the second result line of that name. A round belongs to the
 * result that follows it, or to the last one where none does.
 */
export function nameScenarios(
  parsed: readonly ParsedLine[],
  rowKeys: readonly string[],
): readonly ParsedLine[] {
  const composed = parsed.map(({ line, sample }) => ({
    line,
    sample: { ...sample, scenario: composeName(sample, rowKeys) },
  }));
  // What most reproducers print: nothing else can have the same name.
  if (composed.length <= 1) return composed;
  const unique = uniqueNames(composed);
  const passed = new Map<string, number>();
  return composed.map(({ line, sample }) => {
    const names = unique.get(sample.scenario) ?? [sample.scenario];
    const turn = passed.get(sample.scenario) ?? 0;
    if (sample.line === 'result') passed.set(sample.scenario, turn + 1);
    return { line, sample: { ...sample, scenario: names[Math.min(turn, names.length - 1)] ?? '' } };
  });
}

/** For each composed name the names of its result lines, in the order of printing. */
function uniqueNames(composed: readonly ParsedLine[]): ReadonlyMap<string, readonly string[]> {
  const unique = new Map<string, string[]>();
  const used = new Set<string>();
  for (const { sample } of composed) {
    if (sample.line !== 'result') continue;
    const names = unique.get(sample.scenario) ?? [];
    let turn = names.length + 1;
    // Ends, since each step asks for a name that fewer results have; `a #2` may be printed too.
    while (used.has(numbered(sample.scenario, turn))) turn++;
    names.push(numbered(sample.scenario, turn));
    used.add(numbered(sample.scenario, turn));
    unique.set(sample.scenario, names);
  }
  return unique;
}

function composeName({ scenario, values, texts }: Sample, rowKeys: readonly string[]): string {
  const parts = rowKeys.flatMap((key) => {
    const value = values[key] ?? texts[key];
    return value === undefined ? [] : [`${key}=${value}`];
  });
  return tidy([scenario, ...parts].join(' '));
}

/** One line of text, whatever a program has put into its name. */
function tidy(name: string): string {
  return name
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, NAME_LENGTH_MAX);
}

function numbered(name: string, turn: number): string {
  return turn <= 1 ? name : `${name} #${turn}`.trim();
}
