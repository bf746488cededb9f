// SPDX-License-Identifier: Apache-2.0
/**
 * What a command adds to a sweep: the spec and the plan that the sweep has from then on. Blocks
 * that were planned stay as they are. The same commands in the same order make the same plan,
 * everywhere.
 */
import {
  type EnvironmentSpec,
  type KernelName,
  type KernelSpec,
  type Plan,
  type PlannedBlock,
  PURPOSES,
  type Purpose,
  type ResolvedKernel,
  type Spec,
  type StopRowCommand,
  type SweepCommand,
} from '@labsweep/proto';
import { takesKernel } from '../spec/defaults.js';
import { parseKernelSource } from '../spec/kernel-source.js';
import { planRows } from './plan-rows.js';
import { HANDED_OUT, planBlock, planSweep, repetitionsOf } from './plan-sweep.js';

export interface SweepDesign {
  /** Its repetitions are the blocks that each row has, whatever they were added for. */
  readonly spec: Spec;
  readonly plan: Plan;
  /** How many blocks hold all kernels that their row had then: what a new kernel gets, too. */
  readonly repetitions: Readonly<Record<Purpose, number>>;
}

export function designOf(spec: Spec): SweepDesign {
  const counts = PURPOSES.map((purpose) => [purpose, repetitionsOf(spec, purpose)]);
  const repetitions = Object.fromEntries(counts) as Record<Purpose, number>;
  return { spec, plan: planSweep(spec), repetitions };
}

/** Commands that add nothing leave the design as it is. */
export function extendDesign(design: SweepDesign, command: SweepCommand): SweepDesign {
  switch (command.kind) {
    case 'add-repetitions':
      return addRepetitions(design, command.count);
    case 'add-kernel':
      return addKernel(design, command.kernel);
    case 'stop-row':
      return stopRow(design, command);
    default:
      return design;
  }
}

/** The blocks of the row beyond `repetitions` are no longer planned, but for those added since. */
function stopRow(design: SweepDesign, command: StopRowCommand): SweepDesign {
  const { row, repetitions, plannedRepetitions = Number.POSITIVE_INFINITY } = command;
  const isDropped = ({ repetition }: PlannedBlock) =>
    repetition > repetitions && repetition <= plannedRepetitions;
  const blocks = design.plan.blocks.filter((block) => block.row !== row || !isDropped(block));
  const trialCount = blocks.reduce((sum, block) => sum + block.trials.length, 0);
  return { ...design, plan: { ...design.plan, blocks, trialCount } };
}

/** The environments that can boot such a kernel, or have one of its sort already. */
export function takersOf(spec: Spec, kernel: KernelSpec): readonly EnvironmentSpec[] {
  const isHost = kernel.source.kind === 'host';
  const hosts = new Set(spec.kernels.filter(({ source }) => source.kind === 'host').map(nameOf));
  return spec.environments.filter(
    ({ environment, kernels }) =>
      takesKernel(environment, { isHost }) || kernels.some((name) => hosts.has(name) === isHost),
  );
}

/** Audits and attributions hardly differ from run to run: only timing gets more. */
function addRepetitions(design: SweepDesign, count: number): SweepDesign {
  const { spec, plan, repetitions } = design;
  const extended = { ...spec, repetitions: spec.repetitions + count };
  const more = appendBlocks(plan, extended, {
    counts: { audit: 0, timing: count, attribution: 0 },
    before: spec,
    kernelsOf: (row) => row.kernels,
  });
  const timing = repetitions.timing + count;
  return { spec: extended, plan: more, repetitions: { ...repetitions, timing } };
}

function addKernel(design: SweepDesign, resolved: ResolvedKernel): SweepDesign {
  const { spec, plan, repetitions } = design;
  const kernel = specOf(resolved);
  const takers = new Set(takersOf(spec, kernel));
  const environments = spec.environments.map((environment) => {
    if (!takers.has(environment)) return environment;
    return { ...environment, kernels: [...environment.kernels, kernel.name] };
  });
  const { audit, attribution } = spec;
  const withKernel: Spec = { ...spec, kernels: [...spec.kernels, kernel], environments };
  const extended: Spec = {
    ...withKernel,
    repetitions: spec.repetitions + repetitions.timing,
    ...(audit && { audit: { repetitions: audit.repetitions + repetitions.audit } }),
    ...(attribution && {
      attribution: {
        ...attribution,
        repetitions: attribution.repetitions + repetitions.attribution,
      },
    }),
  };
  const more = appendBlocks({ ...plan, rows: planRows(extended) }, extended, {
    counts: repetitions,
    before: spec,
    kernelsOf: ({ kernels }) => pairOf(kernels, kernel.name, spec.baseline),
  });
  return { spec: extended, plan: more, repetitions };
}

/** Kernels are compared inside blocks, so the new one comes with the baseline; else no block. */
function pairOf(
  kernels: readonly KernelName[],
  added: KernelName,
  baseline: KernelName,
): readonly KernelName[] {
  if (!kernels.includes(added)) return [];
  const beside = kernels.includes(baseline) ? baseline : kernels[0];
  return beside === undefined || beside === added ? [added] : [beside, added];
}

function appendBlocks(
  plan: Plan,
  spec: Spec,
  more: {
    readonly counts: Readonly<Record<Purpose, number>>;
    /** As the spec was, for the repetitions that are there. */
    readonly before: Spec;
    kernelsOf(row: Plan['rows'][number]): readonly KernelName[];
  },
): Plan {
  const blocks = HANDED_OUT.flatMap((purpose) => {
    const first = repetitionsOf(more.before, purpose) + 1;
    const rows = plan.rows.filter((row) => row.purpose === purpose);
    return Array.from({ length: more.counts[purpose] }, (_, index) => first + index).flatMap(
      (repetition) =>
        rows
          .map((row) => ({ ...row, kernels: more.kernelsOf(row) }))
          .filter(({ kernels }) => kernels.length > 0)
          .map((row) => planBlock(spec, row, repetition)),
    );
  });
  const added = blocks.reduce((sum, block) => sum + block.trials.length, 0);
  return { ...plan, blocks: [...plan.blocks, ...blocks], trialCount: plan.trialCount + added };
}

/** The text of a resolved kernel says in brackets what it resolved to. */
function specOf({ name, source: text }: ResolvedKernel): KernelSpec {
  const asked = text.replace(/ \(.*\)$/, '');
  const parsed = parseKernelSource(asked);
  const source = parsed.ok ? parsed.value : { kind: 'file' as const, path: asked };
  return { name, text: asked, source };
}

function nameOf({ name }: KernelSpec): KernelName {
  return name;
}
