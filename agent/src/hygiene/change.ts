// SPDX-License-Identifier: Apache-2.0
/** Small questions that the topics ask of a trial's facts before and after. Pure. */
import { ABSENT, type Facts } from '../io/host-tree.js';
import type { Change, Finding } from './topic.js';

/** USER_HZ, in which /proc/stat counts on every architecture that Node runs on. */
export const TICK_MS = 10;

export const disturbs = (text: string): Finding => ({ kind: 'disturbs', text });
export const warns = (text: string): Finding => ({ kind: 'warns', text });

/** A finding for each of the facts that is not the same any more. */
export function findChanges(
  { before, after }: Change,
  { names, kind }: { readonly names: readonly string[]; readonly kind: Finding['kind'] },
): readonly Finding[] {
  return names.flatMap((name) => {
    const [old, now] = [before[name] ?? ABSENT, after[name] ?? ABSENT];
    return old === now ? [] : [{ kind, text: `${name} changed from '${old}' to '${now}'` }];
  });
}

/** The number that a fact is, or undefined when it is absent. */
export function numberOf(facts: Facts, name: string): number | undefined {
  const text = facts[name];
  if (text === undefined || text === ABSENT || text === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** How much a count has grown; undefined when it is absent at either end. */
export function growthOf({ before, after }: Change, name: string): number | undefined {
  const [old, now] = [numberOf(before, name), numberOf(after, name)];
  return old === undefined || now === undefined ? undefined : now - old;
}

/** The length of the trial by the host's uptime, which the load topic records. At least a tick. */
export function durationMsOf(change: Change): number | undefined {
  const grownSeconds = growthOf(change, 'uptime_s');
  return grownSeconds === undefined ? undefined : Math.max(TICK_MS, grownSeconds * 1000);
}

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
