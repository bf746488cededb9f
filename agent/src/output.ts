// SPDX-License-Identifier: Apache-2.0
/**
 * Reads what the reproducer printed: lines of `round` or `result` and then `key=value`. It says
 * what is wrong with an output that carries no usable result, and does not judge the numbers.
 */
import type { Sample } from '@labsweep/proto';
import { nearestName } from '@labsweep/proto';

export interface OutputReading {
  readonly samples: readonly Sample[];
  /** Why the output cannot count, with the line that is to blame. */
  readonly problem?: string;
}

const LINE_SHOWN_MAX = 200;

/**
 * Reads the lines of the standard output. `required` names the keys that each result line must
 * carry as a number. Lines of another shape are the reproducer's own talk and are passed over.
 */
export function readOutput(lines: readonly string[], required: readonly string[]): OutputReading {
  const read = lines.flatMap((line) => {
    const sample = parseSample(line);
    return sample === undefined ? [] : [{ line, sample }];
  });
  const samples = read.map(({ sample }) => sample);
  const results = read.filter(({ sample }) => sample.line === 'result');
  const problem =
    results.length === 0
      ? describeMissingResult(lines)
      : (findBadMetric(results, required) ?? findSecondResult(results));
  return problem === undefined ? { samples } : { samples, problem };
}

interface ReadLine {
  readonly line: string;
  readonly sample: Sample;
}

function parseSample(line: string): Sample | undefined {
  const [word, ...pairs] = line.trim().split(/\s+/);
  if (word !== 'round' && word !== 'result') return undefined;
  const values: Record<string, number> = {};
  const texts: Record<string, string> = {};
  let scenario = '';
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals <= 0) return undefined;
    const key = pair.slice(0, equals);
    const value = pair.slice(equals + 1);
    const number = parseDecimal(value);
    if (key === 'scenario') scenario = value;
    else if (number !== undefined) values[key] = number;
    else texts[key] = value;
  }
  return { scenario, line: word, values, texts };
}

/**
 * Hexadecimal, `nan`, `inf` and values beyond a double are texts: none of them is a measurement.
 */
function parseDecimal(text: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

function describeMissingResult(lines: readonly string[]): string {
  const last = lines.findLast((line) => line.trim() !== '');
  if (last === undefined) return 'the reproducer printed nothing; a result line was expected';
  const attempt = lines.find((line) => /^\s*result\b/.test(line));
  const shown = attempt ?? last;
  const which = attempt === undefined ? 'its last line is' : 'the nearest is';
  return (
    `no line of ${lines.length} reads 'result scenario=NAME key=value ...'; ` +
    `${which} ${quote(shown)}; print one such line at the end`
  );
}

function findBadMetric(results: readonly ReadLine[], required: readonly string[]) {
  for (const { line, sample } of results) {
    const bad = required.find((metric) => sample.values[metric] === undefined);
    if (bad !== undefined) return describeBadMetric({ metric: bad, line, sample });
  }
  return undefined;
}

function describeBadMetric(found: { metric: string; line: string; sample: Sample }): string {
  const { metric, line, sample } = found;
  const text = sample.texts[metric];
  if (text !== undefined) {
    return `metric ${metric} is '${text}', which is not a finite decimal, in ${quote(line)}`;
  }
  const nearest = nearestName(metric, Object.keys(sample.values));
  const advice = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return `metric ${metric} is missing in ${quote(line)}${advice}`;
}

/** A trial has one value in a scenario; two would leave the choice to chance. */
function findSecondResult(results: readonly ReadLine[]): string | undefined {
  const seen = new Set<string>();
  for (const { line, sample } of results) {
    if (seen.has(sample.scenario)) {
      return `a second result line for scenario '${sample.scenario}': ${quote(line)}`;
    }
    seen.add(sample.scenario);
  }
  return undefined;
}

function quote(line: string): string {
  return line.length > LINE_SHOWN_MAX ? `'${line.slice(0, LINE_SHOWN_MAX)}...'` : `'${line}'`;
}
