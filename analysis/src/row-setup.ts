// SPDX-License-Identifier: Apache-2.0
/**
 * Says in what way the machines of a row were not plain: how the guest was built and booted, how a
 * native trial was placed, and what was taken from its CPUs. It reads facts and settings, and no
 * values.
 */
import {
  DEFAULT_GUEST,
  DEFAULT_NATIVE,
  type GuestSettings,
  type NativeSettings,
  type TrialEnded,
} from '@labsweep/proto';
import { measuredTrials, type RowView } from './row-view.js';
import { stealShare } from './steal.js';

/** Stolen time above this share of the CPUs' time makes a row doubtful. */
export const STEAL_LIMIT = 0.01;

export interface RowSetup {
  /** Each makes the row supporting. */
  readonly reasons: readonly string[];
  readonly remarks: readonly string[];
  readonly marks: readonly string[];
}

export function rowSetup(view: RowView): RowSetup {
  const trials = view.blocks.flatMap((block) => measuredTrials(block, view.environment));
  const overcommit = overcommitReasons(trials);
  return {
    reasons: [...overcommit, ...stealReasons(trials)],
    remarks: [...bootRemarks(trials), ...settingRemarks(view, trials)],
    marks: overcommit.length > 0 ? ['!overcommit'] : [],
  };
}

/** What a spec set otherwise than it is by default, and how native trials were placed. */
export function settingRemarks(view: RowView, trials: readonly TrialEnded[]): string[] {
  const { guest, native } = view.planned;
  return [
    ...trimRemarks(trials),
    ...(view.environment.startsWith('qemu') ? guestRemarks(guest) : []),
    ...featureRemarks(trials),
    ...placementRemarks(trials),
    ...(view.environment === 'native' ? nativeRemarks(native) : []),
  ];
}

/** vCPUs that take turns wait for each other at times that the guest cannot see. */
export function overcommitReasons(trials: readonly TrialEnded[]): string[] {
  const seen = distinctFacts(trials, 'overcommit').filter((text) => text !== 'none');
  return seen.map((text) => {
    const [vcpus, cpus] = text.split('/');
    return cpus === undefined
      ? `!overcommit: ${text}`
      : `!overcommit: ${vcpus} vCPUs on ${cpus} ${cpus === '1' ? 'CPU' : 'CPUs'}`;
  });
}

function stealReasons(trials: readonly TrialEnded[]): string[] {
  const shares = trials.map(stealShare).filter((share) => share !== undefined);
  const above = shares.filter((share) => share > STEAL_LIMIT);
  if (above.length === 0) return [];
  const most = (Math.max(...above) * 100).toFixed(1);
  const limit = `${STEAL_LIMIT * 100}%`;
  const count = above.length === 1 ? '1 trial' : `${above.length} trials`;
  return [`up to ${most}% of the CPUs' time was stolen from ${count} (limit ${limit})`];
}

function bootRemarks(trials: readonly TrialEnded[]): string[] {
  return [
    ...told(trials, { fact: 'boot_path', words: 'boot' }),
    // A kernel that cannot boot like the others of its row is worth a word of its own.
    ...(distinctFacts(trials, 'boot_protocol').length > 1
      ? told(trials, { fact: 'boot_protocol', words: 'boot protocol' })
      : []),
  ];
}

function trimRemarks(trials: readonly TrialEnded[]): string[] {
  const trims = distinctFacts(trials, 'boot_trims').filter((text) => text !== 'none');
  if (trims.length === 0) return [];
  return [`boot trims ${trims.join(', ')}, which may change what is measured`];
}

function guestRemarks(guest: GuestSettings): string[] {
  return [
    ...(guest.machine === DEFAULT_GUEST.machine ? [] : [`machine ${guest.machine}`]),
    ...(guest.cpuModel === '' ? [] : [`CPU model ${guest.cpuModel}`]),
    ...(guest.numaNodes === 1 ? [] : [`${guest.numaNodes} NUMA nodes`]),
    ...(guest.hugePages ? ['memory on huge pages'] : []),
    ...(guest.preallocate && !guest.hugePages ? ['memory preallocated'] : []),
  ];
}

/** The guest's CPU is not the one that was named: QEMU goes on without what it cannot give. */
function featureRemarks(trials: readonly TrialEnded[]): string[] {
  if (distinctFacts(trials, 'cpu_features_dropped').every((text) => text === 'none')) return [];
  return told(trials, { fact: 'cpu_features_dropped', words: 'CPU features that QEMU left out:' });
}

const SMP_BY: Readonly<Record<string, string>> = {
  offline: 'SMP by taking the other CPUs offline',
  affinity: 'SMP by affinity: the other CPUs stayed online',
};

/** Only native trials tell these facts. */
function placementRemarks(trials: readonly TrialEnded[]): string[] {
  const classes = told(trials, { fact: 'core_class', words: 'core class' });
  return [
    ...distinctFacts(trials, 'smp_by').map((text) => SMP_BY[text] ?? `SMP by ${text}`),
    ...classes.filter((text) => !/ (any|uniform)$/.test(text)),
  ];
}

function nativeRemarks(native: NativeSettings): string[] {
  const { scheduler, numaNode, cpus } = native;
  return [
    ...(scheduler === DEFAULT_NATIVE.scheduler ? [] : [`scheduler ${scheduler}`]),
    ...(cpus === '' ? [] : [`pinned to CPUs ${cpus}`]),
    ...(numaNode === undefined ? [] : [`bound to NUMA node ${numaNode}`]),
  ];
}

/** `boot fast`, or by kernel where it is not the same for all: `boot fast (a), plain (b)`. */
function told(
  trials: readonly TrialEnded[],
  { fact, words }: { readonly fact: string; readonly words: string },
): string[] {
  const values = distinctFacts(trials, fact);
  if (values.length === 0) return [];
  if (values.length === 1) return [`${words} ${values[0]}`];
  const each = values.map((value) => {
    const kernels = trials
      .filter(({ outcome }) => outcome.facts[fact] === value)
      .map(({ kernel }) => kernel);
    return `${value} (${[...new Set(kernels)].join(', ')})`;
  });
  return [`${words} ${each.join(', ')}`];
}

function distinctFacts(trials: readonly TrialEnded[], fact: string): string[] {
  const texts = trials.map(({ outcome }) => outcome.facts[fact]);
  return [...new Set(texts)].filter(
    (text) => text !== undefined && text !== '' && text !== 'absent',
  ) as string[];
}
