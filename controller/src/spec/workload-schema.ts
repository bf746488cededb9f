// SPDX-License-Identifier: Apache-2.0
/**
 * The keys of `[workload]`: the program, what it is given, and how its output is read. The comment
 * on a key is its documentation.
 */
import { OUTPUT_ADAPTERS } from '@labsweep/proto';
import { z } from 'zod';
import { parseExpectation } from './expectation.js';
import * as limits from './limits.js';
import * as names from './names.js';
import { key, line, list, metricName, named, parsed } from './schema-parts.js';

const variableName = z
  .string()
  .regex(names.VARIABLE_NAME, 'expected a name of at most 64 letters, digits and `_`');
const fileName = z
  .string()
  .regex(
    names.FILE_NAME,
    'expected a plain file name of at most 64 letters, digits and `.` `_` `-`',
  );

const METRIC_ENTRY = 'iteration_ns = { unit = "ns", direction = "lower" }';

const metric = z.strictObject({
  /** What stands behind a value in a table, for example `ns/page`. */
  unit: key('unit = "ns/page"', line({ lengthMax: 16 })),
  /** Which way is good: `lower`, `higher`, or `none` for a number that is only recorded. */
  direction: key('direction = "lower"', z.enum(['lower', 'higher', 'none'])),
  /** One line that says what is measured, and by which clock. Default: empty. */
  meaning: line({ lengthMin: 0 }).exactOptional(),
});

const output = z.strictObject({
  /**
   * `key-value`: lines such as `result scenario=toggle ns=231.5`; `json-lines`: one object a line;
   * `regex`: whatever `pattern` finds.
   */
  adapter: key('adapter = "key-value"', z.enum(OUTPUT_ADAPTERS)),
  /** For `regex`: its named groups are the keys, and `scenario` names the scenario. */
  pattern: key(
    "pattern = '(?<iteration_ns>[0-9.]+) ns'",
    line({ lengthMax: limits.PATTERN_LENGTH_MAX }),
  ).exactOptional(),
  /** Keys whose values tell result lines apart, so that each becomes a row. Default: none. */
  row_keys: key(
    'row_keys = ["mapping_mb"]',
    list(metricName, { min: 1, max: limits.ROW_KEYS_MAX }),
  ).exactOptional(),
});

export const workload = z.strictObject({
  /** A C file, compiled once on submission; relative to the spec. This or `binary`. */
  source: key('source = "reproducer.c"', line({})).exactOptional(),
  /** A static binary that takes the place of `source`; relative to the spec. */
  binary: key('binary = "reproducer"', line({})).exactOptional(),
  /** What reports call the workload. Default: the file's name without its ending. */
  name: key('name = "mprotect_shared_dirty"', line({ lengthMax: 64 })).exactOptional(),
  /** Handed to the program one by one; no shell sees them. Default: none. */
  arguments: key(
    'arguments = ["--iterations", "200"]',
    list(line({ lengthMin: 0 }), { max: limits.ARGUMENTS_MAX }),
  ).exactOptional(),
  /** Environment variables of the program, besides the few that every trial has. Default: none. */
  variables: key(
    'variables = { MALLOC_ARENA_MAX = "1" }',
    named(variableName, line({ lengthMin: 0 }), {
      max: limits.VARIABLES_MAX,
      entry: 'MALLOC_ARENA_MAX = "1"',
    }),
  ).exactOptional(),
  /**
   * Files in the program's working directory: name there = path relative to the spec. They travel
   * by sha256, like the program. Default: none.
   */
  files: key(
    'files = { "input.dat" = "data/input.dat" }',
    named(fileName, line({}), { max: limits.FILES_MAX, entry: '"input.dat" = "data/input.dat"' }),
  ).exactOptional(),
  /** How the program's output is read. Default: lines of `key=value`. */
  output: key('[workload.output]', output).exactOptional(),
  /** Conditions that each result line must meet, else its trial has failed. Default: none. */
  expectations: key(
    'expectations = ["unexpected_results == 0"]',
    list(parsed(parseExpectation), { max: limits.EXPECTATIONS_MAX }),
  ).exactOptional(),
  /** The numbers to keep, by the name the program prints. The first is what verdicts are about. */
  metrics: key(
    '[workload.metrics]',
    named(metricName, metric, { max: limits.METRICS_MAX, entry: METRIC_ENTRY }),
  ),
});
