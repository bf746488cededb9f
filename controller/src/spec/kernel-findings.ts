// SPDX-License-Identifier: Apache-2.0
/**
 * Finds uses of kernels that do not fit `[kernels]`: unknown names, repetitions, nothing to run.
 */
import { takesKernel } from './defaults.js';
import type { Finding } from './finding.js';
import type { KeyPath } from './key-path.js';
import type { EnvironmentDraft, KernelDraft, SpecDraft } from './spec-draft.js';
import { suggestName } from './suggestion.js';

export function findKernelProblems(draft: SpecDraft): readonly Finding[] {
  const { kernels } = draft;
  if (kernels === undefined) return [];
  return [
    ...(draft.baseline === undefined ? [] : findUnknown(kernels, ['baseline'], draft.baseline)),
    ...draft.gap.flatMap(({ key, name }) => findUnknown(kernels, ['gap', key], name)),
    ...findEqualGapKernels(draft),
    ...draft.environments.flatMap((environment) => findInEnvironment(kernels, environment)),
  ];
}

function findUnknown(
  kernels: readonly KernelDraft[],
  path: KeyPath,
  name: string,
): readonly Finding[] {
  const known = kernels.map((kernel) => kernel.name);
  if (known.length === 0 || known.includes(name)) return [];
  const what = `no kernel \`${name}\` in [kernels]`;
  return [{ path, at: 'value', what, hint: suggestName(name, known) }];
}

/** A gap between a kernel and itself would divide by nothing, or say nothing. */
function findEqualGapKernels({ gap }: SpecDraft): readonly Finding[] {
  return gap.flatMap(({ key, name }, index) => {
    const earlier = gap.slice(0, index).find((each) => each.name === name);
    if (earlier === undefined) return [];
    const what = `the same kernel as gap.${earlier.key}`;
    return [
      { path: ['gap', key], at: 'value' as const, what, hint: 'name three different kernels' },
    ];
  });
}

function findInEnvironment(
  kernels: readonly KernelDraft[],
  environment: EnvironmentDraft,
): readonly Finding[] {
  const path: KeyPath = ['environments', environment.index];
  if (environment.kernels === undefined) return findNothingToRun(kernels, environment);
  return environment.kernels.flatMap((name, index, all) => {
    if (name === undefined) return [];
    const spot = [...path, 'kernels', index];
    if (all.indexOf(name) < index) return [findRepeated(spot, name)];
    return findUnknown(kernels, spot, name);
  });
}

function findRepeated(path: KeyPath, name: string): Finding {
  const hint = 'name it once; `repetitions` says how often it runs';
  return { path, at: 'value', what: `\`${name}\` is listed twice`, hint };
}

function findNothingToRun(
  kernels: readonly KernelDraft[],
  { index, environment }: EnvironmentDraft,
): readonly Finding[] {
  const isNative = environment === 'native';
  const isQemu = environment === 'qemu' || environment === 'qemu-kvm' || environment === 'qemu-tcg';
  if (!isNative && !isQemu) return [];
  if (kernels.length === 0 || kernels.some((kernel) => takesKernel(environment, kernel))) return [];
  const what = isNative
    ? 'no kernel of [kernels] is `host`'
    : 'all kernels of [kernels] are `host`';
  const hint = isNative
    ? 'add `running = "host"` to [kernels], or name the kernels here'
    : 'add an image to [kernels], or name the kernels here';
  return [{ path: ['environments', index, 'environment'], at: 'value', what, hint }];
}
