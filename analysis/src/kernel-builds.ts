// SPDX-License-Identifier: Apache-2.0
/**
 * With which configuration and compiler kernels were built, and whether two were built alike. What
 * nobody told is unknown, and never taken for the same.
 */
import type { KernelName, TrialEnded } from '@labsweep/proto';
import { compilerOf } from './compiler-of.js';
import type { ReportKernel } from './report-model.js';
import type { SweepRecord } from './sweep-record.js';

/** Named in a sentence; the record has some more, and the texts have all. */
const OPTIONS_NAMED_MAX = 4;
const SHORT_SHA256_DIGITS = 12;

export type KernelBuild = Pick<ReportKernel, 'config' | 'compiler'>;

/** `counted`: the trials of the sweep that count. */
export function kernelBuild(
  record: SweepRecord,
  { name, counted }: { readonly name: KernelName; readonly counted: readonly TrialEnded[] },
): KernelBuild {
  const trials = counted.filter(({ kernel }) => kernel === name);
  const config = configOf(record, { name, trials });
  const compilers = distinct(trials.map(({ outcome }) => outcome.facts.kernel_banner)).flatMap(
    (banner) => compilerOf(banner) ?? [],
  );
  return {
    ...(config === undefined ? {} : { config }),
    ...(compilers.length === 0 ? {} : { compiler: distinct(compilers).join(' or ') }),
  };
}

/** A `host` kernel is resolved on one box, and may be another one on that which ran it. */
function configOf(
  record: SweepRecord,
  of: { readonly name: KernelName; readonly trials: readonly TrialEnded[] },
): KernelBuild['config'] {
  const told = toldConfig(of.trials);
  const resolved = record.submitted.kernels.find(({ name }) => name === of.name)?.config;
  const source = record.spec.kernels.find(({ name }) => name === of.name)?.source;
  const isOther = told !== undefined && told !== resolved?.sha256;
  if (resolved === undefined || (source?.kind === 'host' && isOther)) {
    return told === undefined ? undefined : { sha256: told };
  }
  const { sha256, differences } = resolved;
  return { sha256, ...(differences === undefined ? {} : { differences }) };
}

/** What hosts said of the kernel that they themselves ran; undefined where they do not agree. */
export function toldConfig(trials: readonly TrialEnded[]): string | undefined {
  const native = trials.filter(({ environment }) => environment === 'native');
  const [only, ...others] = distinct(
    native.map(({ outcome }) => outcome.hygiene?.before.kernel_config_sha256),
  );
  return others.length === 0 ? only : undefined;
}

export function shortSha256(sha256: string): string {
  return sha256.slice(0, SHORT_SHA256_DIGITS);
}

/** Of one kernel; empty where nobody tells. */
export function buildWords({ config, compiler }: KernelBuild): string[] {
  return [
    ...(config === undefined ? [] : [`config sha256 ${shortSha256(config.sha256)}`]),
    ...(compiler === undefined ? [] : [compiler]),
  ];
}

/**
 * Two kernels of one key were built with the same options; undefined where that is not known. What
 * names the release and the tools of a build is in the sha256, and is no option.
 */
export function configKey({ config }: ReportKernel, baseline: ReportKernel | undefined) {
  const { differences } = config ?? {};
  const isAlike = differences !== undefined && differenceCount(differences) === 0;
  return isAlike ? (baseline?.config?.sha256 ?? config?.sha256) : config?.sha256;
}

/** For readers, for example `${SAME_CONFIG} (sha256 1f2e3d4c5b6a), gcc 14.2.0`. */
export function buildSentences(
  kernels: readonly ReportKernel[],
  { baseline, areReal }: { readonly baseline: KernelName; readonly areReal: boolean },
): string[] {
  if (kernels.length < 2) return [];
  const isTold = kernels.some(({ config, compiler }) => config ?? compiler);
  if (!isTold) return areReal ? ['config and compiler not known'] : [];
  const base = kernels.find(({ name }) => name === baseline);
  const configs = configSentences(kernels, base);
  const compilers = distinct(kernels.map(({ compiler }) => compiler));
  const isOneCompiler = compilers.length === 1 && kernels.every(({ compiler }) => compiler);
  const isOneConfig = configs.length === 1 && configs[0]?.startsWith(SAME_CONFIG) === true;
  if (isOneConfig && isOneCompiler) return [`${configs[0]}, ${compilers[0]}`];
  return [...configs, ...compilerSentences(kernels)];
}

const SAME_CONFIG = 'same config';

function configSentences(kernels: readonly ReportKernel[], base: ReportKernel | undefined) {
  const known = kernels.filter(({ config }) => config !== undefined);
  const unknown = kernels.filter(({ config }) => config === undefined).map(({ name }) => name);
  const missing = unknown.length === 0 ? [] : [`config not known of ${unknown.join(', ')}`];
  const [sha256, ...others] = distinct(known.map(({ config }) => config?.sha256));
  if (sha256 === undefined) return missing;
  if (others.length === 0) {
    const of = unknown.length === 0 ? '' : ` of ${known.map(({ name }) => name).join(', ')}`;
    return known.length === 1
      ? missing
      : [`${SAME_CONFIG} (sha256 ${shortSha256(sha256)})${of}`, ...missing];
  }
  if (base?.config === undefined) {
    const groups = groupsBy(known, ({ config }) => shortSha256(config?.sha256 ?? ''));
    return [`configs differ: ${groups}`, ...missing];
  }
  const compared = known.filter((kernel) => kernel !== base);
  const groups = distinct(compared.map(({ config }) => config?.sha256)).map((each) =>
    compared.filter(({ config }) => config?.sha256 === each),
  );
  return [...groups.map((alike) => configSentence(alike, base)), ...missing];
}

/** Of kernels that have one configuration. */
function configSentence(kernels: readonly ReportKernel[], base: ReportKernel): string {
  const name = kernels.map((kernel) => kernel.name).join(', ');
  const config = kernels[0]?.config;
  const start = `config of ${name}`;
  if (config?.sha256 === base.config?.sha256) return `${start} is that of ${base.name}`;
  const differences = config?.differences;
  if (differences === undefined) return `${start} is not that of ${base.name}`;
  if (differenceCount(differences) === 0) {
    return `${start} is that of ${base.name} but for what names release and tools`;
  }
  const { changedCount, addedCount, removedCount, options } = differences;
  const counts = [
    ...(changedCount === 0 ? [] : [`${changedCount} changed`]),
    ...(addedCount === 0 ? [] : [`${addedCount} not in ${base.name}`]),
    ...(removedCount === 0 ? [] : [`${removedCount} only in ${base.name}`]),
  ].join(', ');
  const named = options.slice(0, OPTIONS_NAMED_MAX);
  const more = differenceCount(differences) > named.length ? ', ...' : '';
  return `${start} differs from ${base.name}'s in options: ${counts} (${named.join(', ')}${more})`;
}

function compilerSentences(kernels: readonly ReportKernel[]): string[] {
  const known = kernels.filter(({ compiler }) => compiler !== undefined);
  const unknown = kernels.filter(({ compiler }) => compiler === undefined).map(({ name }) => name);
  const missing = unknown.length === 0 ? [] : [`compiler not known of ${unknown.join(', ')}`];
  const [compiler, ...others] = distinct(known.map((kernel) => kernel.compiler));
  if (compiler === undefined) return missing;
  if (others.length > 0) {
    return [`compilers differ: ${groupsBy(known, (kernel) => kernel.compiler ?? '')}`, ...missing];
  }
  return missing.length > 0 ? missing : [`same compiler (${compiler})`];
}

/** `gcc 12.2.0 (v6.12), gcc 14.2.0 (v6.16, v6.17)`. */
export function groupsBy(
  kernels: readonly ReportKernel[],
  keyOf: (kernel: ReportKernel) => string,
): string {
  return distinct(kernels.map(keyOf))
    .map((key) => {
      const names = kernels.filter((kernel) => keyOf(kernel) === key).map(({ name }) => name);
      return `${key} (${names.join(', ')})`;
    })
    .join(', ');
}

function differenceCount(
  differences: NonNullable<NonNullable<KernelBuild['config']>['differences']>,
) {
  const { changedCount, addedCount, removedCount } = differences;
  return changedCount + addedCount + removedCount;
}

/** Agents and guests write `absent` for what they looked for and did not find. */
function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values)].filter(
    (value) => value !== undefined && value !== '' && value !== 'absent',
  ) as string[];
}
