// SPDX-License-Identifier: Apache-2.0
/**
 * Puts a native row and a virtual one of the same workload and CPU count side by side, on hosts of
 * one class: levels, and the effect that a kernel has in each. The two are never pooled.
 */
import type { HostId, KernelName, Metric } from '@labsweep/proto';
import { type Comparison, compareKernels } from './compare.js';
import { type Agreement, agreementOf } from './environment-effect.js';
import { environmentLevels, type SideLevels } from './environment-levels.js';
import { type UnlikeSettings, unlikeSettings } from './environment-settings.js';
import {
  type EnvironmentSide,
  type KernelMatch,
  matchKernels,
  type OtherBuild,
  otherBuilds,
  quantumOn,
  referenceOn,
  seriesOn,
  sideOf,
} from './environment-side.js';
import { type HostClass, hostClasses } from './host-class.js';
import type { RowState } from './row-state.js';
import type { RowView } from './row-view.js';
import { type StateDifference, stateDifferencesBetween } from './state-gate.js';
import type { SweepRecord } from './sweep-record.js';

/** Two rows on one class of host. */
export interface NativeVirtual {
  readonly native: string;
  readonly virtual: string;
  readonly hostClass: HostClass;
  /** By name. */
  readonly nativeHosts: readonly string[];
  readonly virtualHosts: readonly string[];
  /** Empty when no kernel ran in both: then the levels are of different kernels. */
  readonly matches: readonly KernelMatch[];
  /** Of one release and yet not the same kernel, so not matched. */
  readonly otherBuilds: readonly OtherBuild[];
  /** What else than the environment may stand behind a difference. */
  readonly settings: UnlikeSettings;
  /** The label of the kernel that effects are measured from; absent below two matches. */
  readonly reference?: string;
  /** By label, where the workload's state is not the same in the two environments. */
  readonly stateDifferences: readonly {
    readonly label: string;
    readonly differences: readonly StateDifference[];
  }[];
  readonly metrics: readonly MetricSides[];
}

/** Rows that would stand side by side, had they run on one class of host. */
export interface ApartRows {
  readonly native: string;
  readonly virtual: string;
  readonly nativeClasses: readonly HostClass[];
  readonly virtualClasses: readonly HostClass[];
}

export interface MetricSides {
  readonly metric: string;
  readonly levels: readonly SideLevels[];
  readonly effects: readonly SideEffects[];
}

/** The change from the reference to a kernel, in either environment. */
export interface SideEffects {
  readonly label: string;
  readonly native: Comparison;
  readonly virtual: Comparison;
  readonly agreement: Agreement;
}

/** A row as the report names it, with what is known of its state. */
export interface LabelledView {
  readonly label: string;
  readonly view: RowView;
  readonly state: RowState;
}

export interface SideBySide {
  readonly pairs: readonly NativeVirtual[];
  readonly apart: readonly ApartRows[];
}

/** Every native row with every virtual one of its scenario and CPU count. */
export function nativeAgainstVirtual(
  record: SweepRecord,
  rows: readonly LabelledView[],
): SideBySide {
  const classes = hostClasses(record);
  const classOf = (host: HostId): HostClass => classes.get(host) ?? host;
  const isVirtual = ({ view }: LabelledView): boolean => view.environment.startsWith('qemu-');
  const couples = rows
    .filter(({ view }) => view.environment === 'native')
    .flatMap((native) =>
      rows
        .filter((virtual) => isVirtual(virtual) && isAlike(native.view, virtual.view))
        .map((virtual) => ({ native, virtual })),
    );
  const looked = couples.map((couple) => {
    const native = classesOf(couple.native.view, classOf);
    const virtual = classesOf(couple.virtual.view, classOf);
    return { couple, native, virtual, shared: native.filter((each) => virtual.includes(each)) };
  });
  return {
    pairs: looked.flatMap(({ couple, shared }) =>
      shared.map((hostClass) => pairOf(record, { ...couple, hostClass, classOf })),
    ),
    apart: looked
      .filter((each) => each.shared.length === 0 && each.native.length * each.virtual.length > 0)
      .map(({ couple, native, virtual }) => ({
        native: couple.native.label,
        virtual: couple.virtual.label,
        nativeClasses: native,
        virtualClasses: virtual,
      })),
  };
}

function isAlike(native: RowView, virtual: RowView): boolean {
  return (
    native.scenario === virtual.scenario && native.planned.shape.smp === virtual.planned.shape.smp
  );
}

function classesOf(view: RowView, classOf: (host: HostId) => HostClass): HostClass[] {
  return [...new Set(sideOf(view, () => true).trials.map(({ host }) => classOf(host)))];
}

interface Couple {
  readonly native: LabelledView;
  readonly virtual: LabelledView;
  readonly hostClass: HostClass;
  readonly classOf: (host: HostId) => HostClass;
}

/** What every number of a pair is made from. */
interface PairParts {
  readonly couple: Couple;
  readonly native: EnvironmentSide;
  readonly virtual: EnvironmentSide;
  readonly matches: readonly KernelMatch[];
  readonly reference: KernelMatch | undefined;
  readonly stateDifferences: NativeVirtual['stateDifferences'];
}

function pairOf(record: SweepRecord, couple: Couple): NativeVirtual {
  const isOfClass = (host: HostId): boolean => couple.classOf(host) === couple.hostClass;
  const native = sideOf(couple.native.view, isOfClass);
  const virtual = sideOf(couple.virtual.view, isOfClass);
  const matches = matchKernels(native, virtual);
  const reference = matches.length < 2 ? undefined : referenceOf(matches, record.spec.baseline);
  const stateDifferences = stateBetween(couple, matches);
  const parts = { couple, native, virtual, matches, reference, stateDifferences };
  return {
    native: couple.native.label,
    virtual: couple.virtual.label,
    hostClass: couple.hostClass,
    nativeHosts: hostNames(native),
    virtualHosts: hostNames(virtual),
    matches,
    otherBuilds: otherBuilds(native, virtual),
    settings: unlikeSettings({ native, virtual }, matches),
    ...(reference === undefined ? {} : { reference: reference.label }),
    stateDifferences,
    metrics: record.spec.workload.metrics
      .filter(({ direction }) => direction !== 'none')
      .map((metric) => metricSides(parts, metric)),
  };
}

function hostNames({ trials }: EnvironmentSide): string[] {
  return [...new Set(trials.map(({ hostName }) => hostName))];
}

/** The baseline where it ran in both; else the first that did. */
function referenceOf(matches: readonly KernelMatch[], baseline: KernelName) {
  const isBaseline = ({ native, virtual }: KernelMatch): boolean =>
    native === baseline || virtual === baseline;
  return matches.find(isBaseline) ?? matches[0];
}

function stateBetween(
  { native, virtual }: Couple,
  matches: readonly KernelMatch[],
): NativeVirtual['stateDifferences'] {
  return matches
    .map((match) => ({
      label: match.label,
      differences: stateDifferencesBetween(
        { evidence: virtual.state.evidence, kernel: match.virtual },
        { evidence: native.state.evidence, kernel: match.native },
      ),
    }))
    .filter(({ differences }) => differences.length > 0);
}

function metricSides(parts: PairParts, metric: Metric): MetricSides {
  const { matches, reference } = parts;
  const others = matches.filter((match) => match !== reference);
  return {
    metric: metric.name,
    levels: environmentLevels(parts, metric),
    effects:
      reference === undefined
        ? []
        : others.map((match) => effectsOf(parts, { metric, match, reference })),
  };
}

function effectsOf(
  parts: PairParts,
  wanted: { readonly metric: Metric; readonly match: KernelMatch; readonly reference: KernelMatch },
): SideEffects {
  const native = effectIn('native', parts, wanted);
  const virtual = effectIn('virtual', parts, wanted);
  const agreement = agreementOf({ native, virtual });
  return { label: wanted.match.label, native, virtual, agreement };
}

/** Inside the blocks of the one environment, as everywhere. */
function effectIn(
  environment: 'native' | 'virtual',
  parts: PairParts,
  wanted: { readonly metric: Metric; readonly match: KernelMatch; readonly reference: KernelMatch },
): Comparison {
  const { metric, match, reference } = wanted;
  const pair = { kernel: match[environment], baseline: reference[environment] };
  const differences = parts.couple[environment].state.differences(pair);
  if (differences.length > 0) {
    return { kind: 'not-comparable', cause: 'state', baseline: pair.baseline, differences };
  }
  const side = parts[environment];
  const of = (each: KernelMatch) => ({
    ...each,
    kernel: each[environment],
    metric: metric.name,
  });
  return compareKernels({
    kernel: seriesOn(side, of(match)),
    baseline: referenceOn(side, of(reference)),
    baselineName: pair.baseline,
    direction: metric.direction,
    ...quantumOn(side, metric),
  });
}
