// SPDX-License-Identifier: Apache-2.0
/**
 * Compares the state of a workload's memory between the kernels of a row. Kernels whose state
 * differs did different work, so a verdict on their times would be about the state.
 */
import type { KernelName } from '@labsweep/proto';
import { NOT_SEEN, stateText, stopsComparison, wordsOfKey } from './state-words.js';
import type { StateObservation } from './workload-state.js';

/**
 * `audit`: a full dump by a trial of its own, so a single deviation counts. `result-line`: what
 * every timing trial prints, where one boot in ten may deviate and only a difference that no boot
 * bridges counts.
 */
export type StateSource = 'audit' | 'result-line';

/** Values are as told; several of one kernel stand in one text: `0 or 16384`. */
export interface StateDifference {
  readonly key: string;
  readonly baseline: string;
  readonly kernel: string;
}

export interface StateEvidence {
  readonly source: StateSource;
  readonly observations: readonly StateObservation[];
}

/** What a row's report says of the state on its kernels, from one source. */
export interface StateCheck {
  readonly source: StateSource;
  /** Observations behind it. */
  readonly trials: number;
  readonly kernels: readonly KernelName[];
  /** Kernels of the row of which nothing was told. */
  readonly missing: readonly KernelName[];
  /** One value on all kernels, in the order in which the trials tell them. */
  readonly equal: readonly { readonly key: string; readonly value: string }[];
  readonly differing: readonly StateSpread[];
}

/** A key with more than one value in a row. */
export interface StateSpread {
  readonly key: string;
  /** `stops`: some kernel is not comparable for it. `noted`: shown, and no reason to doubt. */
  readonly effect: 'stops' | 'noted';
  readonly values: readonly { readonly kernel: KernelName; readonly value: string }[];
}

interface KernelPair {
  readonly kernel: KernelName;
  readonly baseline: KernelName;
}

/** The keys for which `kernel` must not be compared with `baseline`, by all the evidence. */
export function stateDifferences(
  evidence: readonly StateEvidence[],
  pair: KernelPair,
): StateDifference[] {
  if (pair.kernel === pair.baseline) return [];
  return evidence.flatMap((each) =>
    keysOf(each.observations)
      .filter((key) => stopsComparison(key) && differs(each, { ...pair, key }))
      .map((key) => ({
        key,
        baseline: valueText(each.observations, { kernel: pair.baseline, key }),
        kernel: valueText(each.observations, { kernel: pair.kernel, key }),
      })),
  );
}

/** One kernel in one row. */
export interface StatePlace {
  readonly evidence: readonly StateEvidence[];
  readonly kernel: KernelName;
}

/**
 * The keys for which a kernel in one row is not as in another, where both rows told of the same
 * source. In each difference `kernel` is the value in the first row and `baseline` in the second.
 */
export function stateDifferencesBetween(one: StatePlace, other: StatePlace): StateDifference[] {
  const pair = { kernel: 'one' as KernelName, baseline: 'other' as KernelName };
  const renamed = ({ evidence, kernel }: StatePlace, source: StateSource, name: KernelName) =>
    evidence
      .filter((each) => each.source === source)
      .flatMap(({ observations }) => observations.filter((each) => each.kernel === kernel))
      .map((each) => ({ ...each, kernel: name }));
  const merged = (['audit', 'result-line'] as const).map((source) => ({
    source,
    observations: [...renamed(one, source, pair.kernel), ...renamed(other, source, pair.baseline)],
  }));
  return stateDifferences(merged, pair);
}

/** Undefined when nothing of the row was told. `reference` is the row's baseline if it has one. */
export function checkState(
  evidence: StateEvidence,
  row: { readonly kernels: readonly KernelName[]; readonly reference: KernelName },
): StateCheck | undefined {
  const { source, observations } = evidence;
  if (observations.length === 0) return undefined;
  const told = row.kernels.filter((kernel) => observations.some((each) => each.kernel === kernel));
  const stopping = new Set(
    told
      .flatMap((kernel) => stateDifferences([evidence], { kernel, baseline: row.reference }))
      .map(({ key }) => key),
  );
  const keys = keysOf(observations);
  const isEqual = (key: string): boolean => distinctValues(observations, key).length === 1;
  return {
    source,
    trials: observations.length,
    kernels: told,
    missing: row.kernels.filter((kernel) => !told.includes(kernel)),
    equal: keys.filter(isEqual).map((key) => ({ key, value: valueText(observations, { key }) })),
    differing: keys
      .filter((key) => !isEqual(key))
      .map((key) => ({
        key,
        effect: stopping.has(key) ? 'stops' : 'noted',
        values: told.map((kernel) => ({ kernel, value: valueText(observations, { kernel, key }) })),
      })),
  };
}

/** `AnonHugePages of mapping 1: 0 kB on v6.16, 16384 kB on v6.17`. */
export function differenceText(difference: StateDifference, pair: KernelPair): string {
  const { key, baseline, kernel } = difference;
  const before = `${stateText(key, baseline)} on ${pair.baseline}`;
  return `${wordsOfKey(key)}: ${before}, ${stateText(key, kernel)} on ${pair.kernel}`;
}

/**
 * Inside hosts where both kernels were seen on one, since hosts may differ in state as they do in
 * speed; a kernel of which nothing was told differs from none.
 */
function differs(evidence: StateEvidence, wanted: KernelPair & { readonly key: string }): boolean {
  const { observations, source } = evidence;
  const of = (kernel: KernelName): StateObservation[] =>
    observations.filter((each) => each.kernel === kernel);
  const [own, base] = [of(wanted.kernel), of(wanted.baseline)];
  if (own.length === 0 || base.length === 0) return false;
  const shared = [...new Set(own.map(({ host }) => host))].filter((host) =>
    base.some((each) => each.host === host),
  );
  const differ = (left: StateObservation[], right: StateObservation[]): boolean =>
    isDifferent(distinctValues(left, wanted.key), distinctValues(right, wanted.key), source);
  if (shared.length === 0) return differ(own, base);
  return shared.some((host) =>
    differ(
      own.filter((each) => each.host === host),
      base.filter((each) => each.host === host),
    ),
  );
}

function isDifferent(
  own: readonly string[],
  base: readonly string[],
  source: StateSource,
): boolean {
  if (source === 'result-line') return own.every((value) => !base.includes(value));
  // An audit that is repeated and changes its mind has found no state to compare by.
  return own.length > 1 || base.length > 1 || own[0] !== base[0];
}

function keysOf(observations: readonly StateObservation[]): string[] {
  return [...new Set(observations.flatMap(({ state }) => Object.keys(state)))];
}

function distinctValues(observations: readonly StateObservation[], key: string): string[] {
  return [...new Set(observations.map(({ state }) => state[key] ?? NOT_SEEN))];
}

function valueText(
  observations: readonly StateObservation[],
  wanted: { readonly kernel?: KernelName; readonly key: string },
): string {
  const { kernel, key } = wanted;
  const own = observations.filter((each) => kernel === undefined || each.kernel === kernel);
  return distinctValues(own, key).toSorted().join(' or ');
}
