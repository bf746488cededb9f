// SPDX-License-Identifier: Apache-2.0
/**
 * Reads what the reproducer printed, by the adapter that the workload names. It says what is wrong
 * with an output that carries no usable result, and does not judge the numbers.
 */
import type { OutputFormat, Sample } from '@labsweep/proto';
import { readJsonLines } from './output/json-lines.js';
import { readKeyValue } from './output/key-value.js';
import { describeProblem } from './output/output-problem.js';
import { type AdapterReading, SAMPLES_MAX } from './output/parsed-line.js';
import { readByPattern } from './output/regular-expression.js';
import { nameScenarios } from './output/scenarios.js';

export interface OutputReading {
  /** Of result lines, each has a scenario of its own. */
  readonly samples: readonly Sample[];
  /** Why the output cannot count, with the line that is to blame. */
  readonly problem?: string;
}

/**
 * Reads the lines of the standard output. `required` names the keys that each result line must
 * carry as a number. Lines of another shape are the reproducer's own talk and are passed over.
 */
export function readOutput(
  lines: readonly string[],
  required: readonly string[],
  format: OutputFormat,
): OutputReading {
  const reading = ADAPTERS[format.adapter](lines, format);
  const { parsed } = reading;
  const named = nameScenarios(parsed.slice(0, SAMPLES_MAX), format.rowKeys);
  const samples = named.map(({ sample }) => sample);
  const problem = reading.problem ?? describeProblem({ lines, parsed, required, format });
  return problem === undefined ? { samples } : { samples, problem };
}

type Adapter = (lines: readonly string[], format: OutputFormat) => AdapterReading;

const ADAPTERS: Readonly<Record<OutputFormat['adapter'], Adapter>> = {
  'key-value': readKeyValue,
  'json-lines': readJsonLines,
  regex: (lines, { pattern }) => readByPattern(lines, pattern),
};
