// SPDX-License-Identifier: Apache-2.0
/**
 * What else than their source two kernels of a comparison were built from: configuration and
 * compiler. Of two builds of one release it is a second factor, since nothing but the change under
 * test should tell them apart. Of two releases it is a note: new options come with new source, and
 * distributions move their compiler on.
 */
import type { KernelName } from '@labsweep/proto';
import { configKey, groupsBy, shortSha256 } from './kernel-builds.js';
import type { ReportKernel } from './report-model.js';

/** `second factor: kernel compiler gcc 12.2.0 (patched), gcc 14.2.0 (plain)`. */
export function buildFactors(
  kernels: readonly ReportKernel[],
  baseline: ReportKernel | undefined,
): string[] {
  const releases = [...new Set(kernels.map(({ release }) => release))].filter(Boolean);
  return releases.flatMap((release) => {
    const builds = kernels.filter((kernel) => kernel.release === release);
    const keyOf = (kernel: ReportKernel) => configKey(kernel, baseline);
    return [
      ...factor('config', builds, (kernel) => shortSha256(keyOf(kernel) ?? '')),
      ...factor('compiler', builds, ({ compiler }) => compiler ?? ''),
    ];
  });
}

function factor(
  what: string,
  builds: readonly ReportKernel[],
  keyOf: (kernel: ReportKernel) => string,
): string[] {
  const known = builds.filter((kernel) => keyOf(kernel) !== '');
  if (new Set(known.map(keyOf)).size < 2) return [];
  return [`second factor: kernel ${what} ${groupsBy(known, keyOf)}`];
}

/** One note for all kernels of another release than the baseline; empty where they are alike. */
export function buildNotes(kernels: readonly ReportKernel[], baseline: KernelName): string[] {
  const base = kernels.find(({ name }) => name === baseline);
  const others = kernels.filter(({ release }) => base !== undefined && release !== base.release);
  const differing = (keyOf: (kernel: ReportKernel) => string | undefined) =>
    others
      .filter((kernel) => {
        const [own, ofBase] = [keyOf(kernel), base && keyOf(base)];
        return own !== undefined && ofBase !== undefined && own !== ofBase;
      })
      .map(({ name }) => name);
  const parts = [
    ['configuration', differing((kernel) => configKey(kernel, base))],
    ['compiler', differing(({ compiler }) => compiler)],
  ] as const;
  const told = parts.flatMap(([what, names]) =>
    names.length === 0 ? [] : [`${what} (${names.join(', ')})`],
  );
  if (told.length === 0) return [];
  return [
    `Besides their source, kernels differ from ${baseline} in ${told.join(' and ')}: a change may ` +
      'come from there too. One compiler, and the configuration of the baseline taken over by ' +
      '`make olddefconfig`, leave a single factor.',
  ];
}
