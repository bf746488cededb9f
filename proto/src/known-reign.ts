// SPDX-License-Identifier: Apache-2.0
/**
 * What is known of a reign, and which of two is the later one. A broker that loses the newest value
 * of the lock may let a term begin twice, so a reign has a name beside its term.
 */

export interface KnownReign {
  readonly term: number;
  /** Empty when it is not known: a controller or a record of an earlier version. */
  readonly reign: string;
}

export const NO_REIGN: KnownReign = { term: 0, reign: '' };

/** More than a controller grants while it reigns: so epochs of a later term are always higher. */
export const LEASES_PER_TERM = 2 ** 26;

/** Beyond it epochs would not be exact numbers. Terms are minutes: it is the year 2225. */
export const TERM_MAX = 2 ** 27 - 1;

/** True when whoever has seen `known` must not obey `own`: it is over, or shares its term. */
export function isOutranked(own: KnownReign, known: KnownReign): boolean {
  if (own.term !== known.term) return own.term < known.term;
  return known.reign !== '' && own.reign !== known.reign;
}
