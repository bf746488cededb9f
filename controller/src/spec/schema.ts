// SPDX-License-Identifier: Apache-2.0
/**
 * The keys of a spec. The comment on a key is its documentation. It holds what can be said of each
 * value alone; what values must agree on is checked beside it. The one door of zod in this folder.
 */
import { ENVIRONMENT_REQUESTS, type KernelName } from '@labsweep/proto';
import { z } from 'zod';
import { parseExpectation } from './expectation.js';
import { parseKernelSource } from './kernel-source.js';
import type { KeyPath } from './key-path.js';
import * as limits from './limits.js';
import * as names from './names.js';
import type { TextResult } from './text-result.js';

/** A line that shows how a key is written, for whoever got it wrong. */
const examples = z.registry<{ example: string }>();

/**
 * A key together with such a line. The copy lets several keys share a schema, each with its own.
 */
function key<Schema extends z.ZodType>(example: string, schema: Schema): Schema {
  const copy = schema.clone();
  examples.add(copy, { example });
  return copy;
}

function integer(min: number, max: number) {
  return z.int().min(min, `expected ${min}..${max}`).max(max, `expected ${min}..${max}`);
}

function seconds() {
  const expected = `expected ${limits.DURATION_S_MIN}..${limits.DURATION_S_MAX} seconds`;
  return z.number().min(limits.DURATION_S_MIN, expected).max(limits.DURATION_S_MAX, expected);
}

/** A line of text; `lengthMin` is 0 where nothing is a sensible value. */
function line({ lengthMin = 1, lengthMax = limits.TEXT_LENGTH_MAX }) {
  return z
    .string()
    .min(lengthMin, 'expected some text')
    .max(lengthMax, `expected at most ${lengthMax} characters`)
    .regex(names.PLAIN_LINE, 'expected one line without control characters');
}

/** A text that is a language of its own, read by its own parser. */
function parsed<Value>(parse: (text: string) => TextResult<Value>) {
  return line({ lengthMin: 0 }).transform((text, context) => {
    const result = parse(text);
    if (result.ok) return result.value;
    context.addIssue({ code: 'custom', message: result.what, params: { hint: result.hint } });
    return z.NEVER;
  });
}

function list<Element extends z.ZodType>(element: Element, { min = 0, max = Infinity }) {
  const sized = z.array(element).min(min, 'expected at least one');
  return max === Infinity ? sized : sized.max(max, `expected at most ${max}`);
}

/** Tables whose keys the user makes up: 1 to `max` entries that look like `entry`. */
function named<Value extends z.ZodType>(
  name: z.ZodString,
  value: Value,
  { max, entry }: { max: number; entry: string },
) {
  const isSized = (table: object) =>
    Object.keys(table).length >= 1 && Object.keys(table).length <= max;
  const params = { hint: `an entry is written \`${entry}\`` };
  return z.record(name, value).refine(isSized, { error: `expected 1..${max} entries`, params });
}

const sweepName = z
  .string()
  .regex(names.SWEEP_NAME, 'expected at most 48 lower-case letters, digits and hyphens');
const kernelName = z
  .string()
  .regex(names.KERNEL_NAME, 'expected a name of at most 32 letters, digits and `.` `_` `+` `-`');
/** A use of such a name; that it exists is checked with the whole spec at hand. */
const kernelReference = z.string().transform((text) => text as KernelName);
const metricName = z
  .string()
  .regex(names.METRIC_NAME, 'expected a name of at most 64 letters, digits and `_` `.` `-`');

/** The text is kept beside what was read of it: reports show what the user wrote. */
const kernel = parsed((text) => {
  const source = parseKernelSource(text);
  return source.ok ? { ok: true, value: { text, source: source.value } } : source;
});

const METRIC_ENTRY = 'iteration_ns = { unit = "ns", direction = "lower" }';

const metric = z.strictObject({
  /** What stands behind a value in a table, for example `ns/page`. */
  unit: key('unit = "ns/page"', line({ lengthMax: 16 })),
  /** Which way is good: `lower`, `higher`, or `none` for a number that is only recorded. */
  direction: key('direction = "lower"', z.enum(['lower', 'higher', 'none'])),
  /** One line that says what is measured, and by which clock. Default: empty. */
  meaning: line({ lengthMin: 0 }).exactOptional(),
});

const workload = z.strictObject({
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

const environment = z.strictObject({
  /**
   * Where trials run: `native`, `qemu` (the host's canary decides), `qemu-kvm`, `qemu-tcg`,
   * `scripted`.
   */
  environment: key('environment = "qemu"', z.enum(ENVIRONMENT_REQUESTS)),
  /** CPU counts; each makes a row. */
  smp: key('smp = [1, 2, 4]', list(integer(1, limits.SMP_MAX), { min: 1 })),
  /** The guest's memory: one number, or a table by SMP count. Not for native. Default: 1024. */
  memory_mib: key(
    'memory_mib = 1024',
    z.union([
      integer(limits.MEMORY_MIB_MIN, limits.MEMORY_MIB_MAX),
      z.record(z.string(), integer(limits.MEMORY_MIB_MIN, limits.MEMORY_MIB_MAX)),
    ]),
  ).exactOptional(),
  /** Default: all `host` kernels if native, all but those if QEMU, all if scripted. */
  kernels: key('kernels = ["v6.16", "v6.17"]', list(kernelReference, { min: 1 })).exactOptional(),
  /** Added to the guest's kernel command line. Not for native. Default: empty. */
  command_line: key(
    'command_line = "tsc=unstable"',
    line({ lengthMin: 0, lengthMax: limits.COMMAND_LINE_LENGTH_MAX }),
  ).exactOptional(),
  /** Longest a trial may take, boot included. Default: 300. */
  deadline_s: key('deadline_s = 300', seconds()).exactOptional(),
  /** What the plan counts for a trial. Default: 10 emulated, 6 by KVM or native, 1 scripted. */
  estimate_s: key('estimate_s = 10', seconds()).exactOptional(),
});

const gap = z.strictObject({
  /** The kernel before it became slow. */
  good: key('good = "v6.12"', kernelReference),
  /** The kernel that is slow. */
  bad: key('bad = "v6.19"', kernelReference),
  /** The kernel that is to make it good again. */
  candidate: key('candidate = "v7.3"', kernelReference),
});

const spec = z.strictObject({
  /** Becomes part of the sweep's id, of folders and of reports. */
  name: key('name = "mprotect-window"', sweepName),
  /** The kernel that the others are compared with. Default: the first of `[kernels]`. */
  baseline: key('baseline = "v6.16"', kernelReference).exactOptional(),
  /** How many blocks each row gets: every kernel runs once in each. */
  repetitions: key('repetitions = 5', integer(1, limits.REPETITIONS_MAX)),
  /**
   * `interleaved`: balanced and shuffled by the seed; `listed`: as written. Default: interleaved.
   */
  order: key('order = "interleaved"', z.enum(['interleaved', 'listed'])).exactOptional(),
  /** The same seed makes the same plan. Default: 1. */
  seed: key('seed = 1', integer(0, limits.SEED_MAX)).exactOptional(),
  /** Kernels by name: `debian:<suite>/<package>[=version]`, `file:<path>`, or `host`. */
  kernels: key(
    '[kernels]',
    named(kernelName, kernel, { max: limits.KERNELS_MAX, entry: 'running = "host"' }),
  ),
  /** The program that is measured. */
  workload: key('[workload]', workload),
  /** Where to measure; one table for each environment. */
  environments: key(
    '[[environments]]',
    list(environment, { min: 1, max: limits.ENVIRONMENTS_MAX }),
  ),
  /** Asks how much of a regression a kernel takes back. Default: not asked. */
  gap: key('[gap]', gap).exactOptional(),
});

/** A spec as written, with each value right by itself and no default filled in. */
export type SpecShape = z.output<typeof spec>;

/** What zod says of one value; `path` of an unknown key is the table that it is in. */
export type ShapeIssue = z.core.$ZodIssue;

export type ShapeResult =
  | { readonly ok: true; readonly shape: SpecShape }
  | { readonly ok: false; readonly issues: readonly ShapeIssue[] };

export function checkShape(value: unknown): ShapeResult {
  const result = spec.safeParse(value);
  if (result.success) return { ok: true, shape: result.data };
  return { ok: false, issues: result.error.issues };
}

/** What the schema can tell about a place in the spec, whether or not the file has it. */
export interface SchemaAdvice {
  /**
   * The keys of the table at the path; empty when it is none, or its keys are made up by the user.
   */
  readonly knownKeys: readonly string[];
  /** How the value at the path, or the nearest one around it, is written. */
  readonly example: string;
}

export function adviseAt(path: KeyPath): SchemaAdvice {
  let node: unknown = spec;
  let example = '';
  for (const step of path) {
    node = unwrap(childOf(node, step));
    example = (node instanceof z.ZodType ? examples.get(node)?.example : undefined) ?? example;
  }
  return { knownKeys: node instanceof z.ZodObject ? Object.keys(node.shape) : [], example };
}

function childOf(node: unknown, step: string | number): unknown {
  if (node instanceof z.ZodObject) return node.shape[step];
  if (node instanceof z.ZodArray) return node.element;
  return node instanceof z.ZodRecord ? node.valueType : undefined;
}

function unwrap(node: unknown): unknown {
  return node instanceof z.ZodExactOptional ? node.unwrap() : node;
}
