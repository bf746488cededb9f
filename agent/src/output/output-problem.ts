// SPDX-License-Identifier: Apache-2.0
/** Says why an output cannot count, and shows the line that is to blame. */
import { nearestName, type OutputFormat } from '@labsweep/proto';
import { type ParsedLine, parseDecimal, quote, SAMPLES_MAX } from './parsed-line.js';

export interface ReadText {
  readonly lines: readonly string[];
  readonly parsed: readonly ParsedLine[];
  /** Keys that each result line must carry as a number. */
  readonly required: readonly string[];
  readonly format: OutputFormat;
}

/** Undefined when the output can count. */
export function describeProblem(read: ReadText): string | undefined {
  const results = read.parsed.filter(({ sample }) => sample.line === 'result');
  if (results.length === 0) return describeMissingResult(read);
  return (
    describeTooMany(read.parsed) ??
    describeBadMetric(results, read.required) ??
    describeMissingRowKey(results, read.format.rowKeys)
  );
}

function describeMissingResult({ lines, format }: ReadText): string {
  const last = lines.findLast((line) => line.trim() !== '');
  if (last === undefined) return 'the reproducer printed nothing; a result line was expected';
  const { wanted, likeness, advice } = WORDS[format.adapter];
  const attempt = likeness && lines.find((line) => likeness.test(line));
  const which = attempt === undefined ? 'its last line is' : 'the nearest is';
  const what = wanted.replace('PATTERN', () => format.pattern);
  return `no line of ${lines.length} ${what}; ${which} ${quote(attempt ?? last)}; ${advice}`;
}

interface AdapterWords {
  /** What no line did. */
  readonly wanted: string;
  /** A line that was perhaps meant as a result. */
  readonly likeness?: RegExp;
  readonly advice: string;
}

const WORDS: Readonly<Record<OutputFormat['adapter'], AdapterWords>> = {
  'key-value': {
    wanted: "reads 'result scenario=NAME key=value ...'",
    likeness: /^\s*result\b/,
    advice: 'print one such line at the end',
  },
  'json-lines': {
    wanted: `is a JSON object of type "result", such as {"scenario":"NAME","ns":1.5}`,
    likeness: /^\s*\{/,
    advice: 'print one such line at the end',
  },
  regex: {
    wanted: "matches the pattern 'PATTERN'",
    advice: 'mend the pattern; it is tried on each line by itself',
  },
};

function describeTooMany(parsed: readonly ParsedLine[]): string | undefined {
  const first = parsed[SAMPLES_MAX];
  return (
    first &&
    `more than ${SAMPLES_MAX} lines carry results or rounds, the first beyond is ` +
      `${quote(first.line)}; print fewer of them`
  );
}

function describeBadMetric(results: readonly ParsedLine[], required: readonly string[]) {
  for (const { line, sample } of results) {
    const metric = required.find((name) => sample.values[name] === undefined);
    if (metric === undefined) continue;
    const text = sample.texts[metric];
    if (text !== undefined) {
      const isString = parseDecimal(text) !== undefined;
      const what = isString ? 'a string; print it without quotes' : 'not a finite decimal';
      return `metric ${metric} is '${text}', which is ${what}, in ${quote(line)}`;
    }
    const nearest = nearestName(metric, Object.keys(sample.values));
    const advice = nearest === undefined ? '' : `; did you mean ${nearest}?`;
    return `metric ${metric} is missing in ${quote(line)}${advice}`;
  }
  return undefined;
}

/** A scenario may rightly lack a key; one that no result has is a slip of the spec. */
function describeMissingRowKey(results: readonly ParsedLine[], rowKeys: readonly string[]) {
  const keys = new Set(
    results.flatMap(({ sample }) => [...Object.keys(sample.values), ...Object.keys(sample.texts)]),
  );
  const missing = rowKeys.find((key) => !keys.has(key));
  if (missing === undefined) return undefined;
  const nearest = nearestName(missing, [...keys]);
  const advice = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  const last = results.at(-1)?.line ?? '';
  return `row key ${missing} is in no result line; the last one is ${quote(last)}${advice}`;
}
