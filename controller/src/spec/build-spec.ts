// SPDX-License-Identifier: Apache-2.0
/**
 * Fills in the defaults and gives each value the type of the vocabulary. It expects a faultless
 * spec.
 */

import { strict as assert } from 'node:assert';
import {
  AGAIN_ENDING,
  DEFAULT_OUTPUT,
  type EnvironmentSpec,
  type KernelName,
  type KernelSpec,
  type OutputFormat,
  type Shape,
  type Spec,
} from '@labsweep/proto';
import { buildScheduling } from './build-scheduling.js';
import { buildGuest, buildNative } from './build-settings.js';
import * as defaults from './defaults.js';
import type { SpecShape } from './schema.js';
import type { TomlDocument } from './toml.js';

type EnvironmentShape = SpecShape['environments'][number];
type WorkloadShape = SpecShape['workload'];

const MS_PER_S = 1000;

export function buildSpec(document: TomlDocument, shape: SpecShape): Spec {
  const named = buildKernels(document, shape);
  const [first] = named;
  assert(first, 'the schema asks for at least one kernel');
  const baseline = shape.baseline ?? first.name;
  const again = buildAgain(shape, named.find(({ name }) => name === baseline) ?? first);
  const kernels = again === undefined ? named : [...named, again];
  return {
    name: shape.name,
    kernels,
    workload: buildWorkload(shape.workload),
    environments: shape.environments
      .map((each) => buildEnvironment(each, named))
      .map((each) =>
        again === undefined ? each : withAgain(each, { baseline, again: again.name }),
      ),
    repetitions: shape.repetitions,
    order: shape.order ?? defaults.ORDER,
    seed: shape.seed ?? defaults.SEED,
    baseline,
    ...(again === undefined ? {} : { again: again.name }),
    ...(shape.margin === undefined ? {} : { margin: shape.margin }),
    ...buildPrecision(shape),
    ...(shape.gap === undefined ? {} : { gap: shape.gap }),
    hygiene: shape.hygiene?.mode ?? defaults.HYGIENE_MODE,
    ...(shape.hygiene?.prepare === undefined ? {} : { preparations: shape.hygiene.prepare }),
    scheduling: buildScheduling(shape.schedule),
    ...buildPurposes(shape),
  };
}

/** The baseline under its second name, for a spec that asks for it twice in each block. */
function buildAgain({ aa, order }: SpecShape, baseline: KernelSpec): KernelSpec | undefined {
  if (aa !== true && order !== 'sandwich') return undefined;
  return { ...baseline, name: `${baseline.name}${AGAIN_ENDING}` as KernelName };
}

/** Last, so that a sandwich ends with it. */
function withAgain(
  environment: EnvironmentSpec,
  { baseline, again }: { readonly baseline: KernelName; readonly again: KernelName },
): EnvironmentSpec {
  const { kernels } = environment;
  return kernels.includes(baseline)
    ? { ...environment, kernels: [...kernels, again] }
    : environment;
}

function buildPrecision(shape: SpecShape): Pick<Spec, 'precision'> {
  const { precision: fraction, repetitions, repetitions_min: least } = shape;
  if (fraction === undefined) return {};
  const repetitionsMin = Math.min(repetitions, least ?? defaults.REPETITIONS_MIN);
  return { precision: { fraction, repetitionsMin } };
}

/** What runs besides the timing trials. */
function buildPurposes({ audit, attribution }: SpecShape): Pick<Spec, 'audit' | 'attribution'> {
  const repetitionsOf = (asked: { readonly repetitions?: number }) => ({
    repetitions: asked.repetitions ?? defaults.PURPOSE_REPETITIONS,
  });
  return {
    ...(audit === undefined ? {} : { audit: repetitionsOf(audit) }),
    ...(attribution === undefined
      ? {}
      : { attribution: { ...repetitionsOf(attribution), functions: attribution.functions } }),
  };
}

/** In the order of the file: JavaScript would move a kernel called `617` to the front. */
function buildKernels(document: TomlDocument, shape: SpecShape): readonly KernelSpec[] {
  const kernels = Object.entries(shape.kernels).map(([name, source]) => {
    const place = document.place(['kernels', name])?.key;
    return { kernel: { name: name as KernelName, ...source }, place };
  });
  kernels.sort(({ place: left }, { place: right }) => {
    assert(left && right, 'each kernel was read from the file');
    return left.line - right.line || left.column - right.column;
  });
  return kernels.map(({ kernel }) => kernel);
}

function buildWorkload(shape: WorkloadShape): Spec['workload'] {
  const path = shape.source ?? shape.binary;
  assert(path !== undefined, 'a workload without a program was refused');
  return {
    name: shape.name ?? baseNameOf(path),
    program: { kind: shape.source === undefined ? 'binary' : 'source', path },
    arguments: shape.arguments ?? [],
    variables: shape.variables ?? {},
    files: shape.files ?? {},
    output: buildOutput(shape.output),
    metrics: Object.entries(shape.metrics).map(([name, metric]) => ({
      name,
      unit: metric.unit,
      direction: metric.direction,
      meaning: metric.meaning ?? '',
    })),
    expectations: shape.expectations ?? [],
  };
}

function buildOutput(shape: WorkloadShape['output']): OutputFormat {
  return {
    adapter: shape?.adapter ?? DEFAULT_OUTPUT.adapter,
    pattern: shape?.pattern ?? DEFAULT_OUTPUT.pattern,
    rowKeys: shape?.row_keys ?? DEFAULT_OUTPUT.rowKeys,
  };
}

/** `../native/src/reproducer.c` is called `reproducer`; a name that is all ending stays whole. */
function baseNameOf(path: string): string {
  const base = path.split('/').findLast((part) => part !== '') ?? path;
  const dot = base.lastIndexOf('.');
  return dot > 0 ? base.slice(0, dot) : base;
}

function buildEnvironment(
  shape: EnvironmentShape,
  kernels: readonly KernelSpec[],
): EnvironmentSpec {
  const { environment } = shape;
  const taken = kernels.filter(({ source }) =>
    defaults.takesKernel(environment, { isHost: source.kind === 'host' }),
  );
  return {
    environment,
    shapes: shape.smp.map((smp) => buildShape(shape, smp)),
    kernels: shape.kernels ?? taken.map(({ name }) => name),
    commandLine: shape.command_line ?? '',
    deadlineMs: Math.round((shape.deadline_s ?? defaults.DEADLINE_S) * MS_PER_S),
    estimateMs: Math.round((shape.estimate_s ?? defaults.ESTIMATE_S[environment]) * MS_PER_S),
    guest: buildGuest(shape),
    native: buildNative(shape),
  };
}

/** A native trial takes the memory that its host has, which the spec writes as 0. */
function buildShape(shape: EnvironmentShape, smp: number): Shape {
  if (shape.environment === 'native') return { smp, memoryMib: 0 };
  const memory = shape.memory_mib ?? defaults.MEMORY_MIB;
  const memoryMib = typeof memory === 'number' ? memory : memory[String(smp)];
  assert(memoryMib !== undefined, 'a table of memory that lacks an SMP count was refused');
  return { smp, memoryMib };
}
