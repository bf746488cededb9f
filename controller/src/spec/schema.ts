// SPDX-License-Identifier: Apache-2.0
/**
 * The keys of a spec. The comment on a key is its documentation. It holds what can be said of each
 * value alone; what values must agree on is checked beside it. With the files that it is made of it
 * is the one door of zod in this folder.
 */
import { AGAIN_ENDING, HYGIENE_MODES, HYGIENE_PREPARATIONS } from '@labsweep/proto';
import { z } from 'zod';
import { environment } from './environment-schema.js';
import { parseKernelSource } from './kernel-source.js';
import type { KeyPath } from './key-path.js';
import * as limits from './limits.js';
import * as names from './names.js';
import { schedule } from './schedule-schema.js';
import {
  examples,
  integer,
  kernelReference,
  key,
  list,
  named,
  parsed,
  percent,
} from './schema-parts.js';
import { workload } from './workload-schema.js';

const sweepName = z
  .string()
  .regex(names.SWEEP_NAME, 'expected at most 48 lower-case letters, digits and hyphens');
const kernelName = z
  .string()
  .regex(names.KERNEL_NAME, 'expected a name of at most 32 letters, digits and `.` `_` `+` `-`')
  .refine((name) => !name.endsWith(AGAIN_ENDING), {
    error: `names that end in \`${AGAIN_ENDING}\` are the second turns of baselines`,
  });

/** The text is kept beside what was read of it: reports show what the user wrote. */
const kernel = parsed((text) => {
  const source = parseKernelSource(text);
  return source.ok ? { ok: true, value: { text, source: source.value } } : source;
});

const gap = z.strictObject({
  /** The kernel before it became slow. */
  good: key('good = "v6.12"', kernelReference),
  /** The kernel that is slow. */
  bad: key('bad = "v6.19"', kernelReference),
  /** The kernel that is to make it good again. */
  candidate: key('candidate = "v7.3"', kernelReference),
});

const hygiene = z.strictObject({
  /**
   * `observe` records the host's state; `enforce` sets it and puts it back, where the agent may
   * `tune`; `require` runs nothing on a host that is not so. Default: observe.
   */
  mode: key('mode = "observe"', z.enum(HYGIENE_MODES)),
  /**
   * What `enforce` does before each trial besides: `move-interrupts`, `swap-off`, `drop-caches`,
   * `compact-memory`. Default: none.
   */
  prepare: key(
    'prepare = ["move-interrupts"]',
    list(z.enum(HYGIENE_PREPARATIONS), { min: 1 }),
  ).exactOptional(),
});

const audit = z.strictObject({
  /** How many audit blocks each row gets. Default: 1. */
  repetitions: key('repetitions = 1', integer(1, limits.REPETITIONS_MAX)).exactOptional(),
});

const functionName = z
  .string()
  .regex(names.FUNCTION_NAME, 'expected the name of a kernel function');

const attribution = z.strictObject({
  /** The functions of the kernel in which time is counted. */
  functions: key(
    'functions = ["change_protection"]',
    list(functionName, { min: 1, max: limits.FUNCTIONS_MAX }),
  ),
  /** How many attribution blocks each QEMU row gets. Default: 1. */
  repetitions: key('repetitions = 1', integer(1, limits.REPETITIONS_MAX)).exactOptional(),
});

const spec = z.strictObject({
  /** Becomes part of the sweep's id, of folders and of reports. */
  name: key('name = "mprotect-window"', sweepName),
  /** The kernel that the others are compared with. Default: the first of `[kernels]`. */
  baseline: key('baseline = "v6.16"', kernelReference).exactOptional(),
  /** How many blocks each row gets: every kernel runs once in each. */
  repetitions: key('repetitions = 5', integer(1, limits.REPETITIONS_MAX)),
  /**
   * `interleaved`: balanced and shuffled by the seed; `listed`: as written; `sandwich`: the
   * baseline first and once more at the end of each block, to show drift. Default: interleaved.
   */
  order: key(
    'order = "interleaved"',
    z.enum(['interleaved', 'listed', 'sandwich']),
  ).exactOptional(),
  /**
   * Runs the baseline twice in each block, under two names: reports say which change the setup
   * could see, and call none below it a change. Default: false.
   */
  aa: key('aa = true', z.boolean()).exactOptional(),
  /** A change that is as good as none: within it, kernels are called the same. Default: none. */
  margin: key('margin = "2%"', percent).exactOptional(),
  /**
   * Stops a row when the interval of each change is at most so much to either side; `repetitions`
   * is then the most that a row gets. Default: every row gets all its repetitions.
   */
  precision: key('precision = "2%"', percent).exactOptional(),
  /** Blocks that a row gets before `precision` may stop it. Default: 6. */
  repetitions_min: key('repetitions_min = 6', integer(2, limits.REPETITIONS_MAX)).exactOptional(),
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
  /** What is done about what can disturb a trial. Default: it is observed. */
  hygiene: key('[hygiene]', hygiene).exactOptional(),
  /** How the sweep stands among others, and where its blocks may run. Default: anywhere, evenly. */
  schedule: key('[schedule]', schedule).exactOptional(),
  /**
   * Trials that dump the state of the workload's memory, in every row: kernels whose states differ
   * are not compared. Never in the statistics. Default: none.
   */
  audit: key('[audit]', audit).exactOptional(),
  /**
   * Trials that count the time in functions of the guest's kernel, in every QEMU row. Never in the
   * statistics. Default: none.
   */
  attribution: key('[attribution]', attribution).exactOptional(),
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
