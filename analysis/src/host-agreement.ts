// SPDX-License-Identifier: Apache-2.0
/**
 * Whether the hosts of a row agree on the effect of a kernel. Their levels may differ as they like;
 * an effect that differs by host must not be pooled in silence.
 */
import type { HostId } from '@labsweep/proto';
import { groupsAgreeP } from './statistics/group-agreement.js';
import { hodgesLehmannCentre } from './statistics/signed-rank.js';

/** Of the p at which hosts are said to disagree. */
export const AGREEMENT_LEVEL = 0.01;
/** The permutations are drawn from it; any number would do. */
const SEED = 20_261_127;

export interface HostAgreement {
  readonly hosts: readonly HostEffect[];
  /** Absent where no two hosts have two blocks each: then nothing can be said. */
  readonly p?: number;
  readonly verdict: 'agree' | 'disagree' | 'unknown';
}

export interface HostEffect {
  readonly host: HostId;
  readonly blocks: number;
  /** Centre of the host's own ratios. */
  readonly ratio: number;
}

/** Undefined with one host. Ratios are positive. */
export function hostAgreement(
  ratios: readonly { readonly host: HostId; readonly ratio: number }[],
): HostAgreement | undefined {
  const names = [...new Set(ratios.map(({ host }) => host))];
  if (names.length < 2) return undefined;
  const groups = names.map((name) =>
    ratios.filter(({ host }) => host === name).map(({ ratio }) => Math.log(ratio)),
  );
  const hosts = names.map((host, index) => {
    const logs = groups[index] ?? [];
    return { host, blocks: logs.length, ratio: Math.exp(hodgesLehmannCentre(logs)) };
  });
  const p = groupsAgreeP(groups, SEED);
  if (p === undefined) return { hosts, verdict: 'unknown' };
  return { hosts, p, verdict: p < AGREEMENT_LEVEL ? 'disagree' : 'agree' };
}
