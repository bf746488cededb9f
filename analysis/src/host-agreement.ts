// SPDX-License-Identifier: Apache-2.0
/**
 * Whether the hosts of a row agree on the effect of a kernel. Their levels may differ as they like;
 * an effect that differs by host must not be pooled in silence.
 */
import type { HostId } from '@labsweep/proto';
import { groupsAgreeBeyondRounding } from './statistics/group-agreement.js';
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
  /** What rounding may hide in the logarithm of that; 0 where values are fine. */
  readonly quantumLog: number;
}

/** The ratios of one host's blocks, with what rounding may have moved all of them by. */
export interface HostRatios {
  readonly host: HostId;
  /** Positive, and at least one. */
  readonly ratios: readonly number[];
  readonly quantumLog: number;
}

/** Undefined with one host. */
export function hostAgreement(ratiosByHost: readonly HostRatios[]): HostAgreement | undefined {
  if (ratiosByHost.length < 2) return undefined;
  const groups = ratiosByHost.map(({ ratios, quantumLog }) => {
    const values = ratios.map(Math.log);
    return { values, centre: hodgesLehmannCentre(values), reach: quantumLog };
  });
  const hosts = ratiosByHost.map(({ host, ratios, quantumLog }, index) => {
    const ratio = Math.exp(groups[index]?.centre ?? Number.NaN);
    return { host, blocks: ratios.length, ratio, quantumLog };
  });
  const p = groupsAgreeBeyondRounding(groups, SEED);
  if (p === undefined) return { hosts, verdict: 'unknown' };
  return { hosts, p, verdict: p < AGREEMENT_LEVEL ? 'disagree' : 'agree' };
}
