// SPDX-License-Identifier: Apache-2.0
/**
 * What the places of kernels inside blocks mean for a reader: what changes are taken from, and what
 * intervals and p values may promise. In words, which have to be true of every design.
 */
import type { BlockOrder } from '@labsweep/proto';
import type { MeasuredTable } from './sweep-record.js';

/** `fixed`: the same order in each block; `not-told`: measured elsewhere, by whatever design. */
export type BlockDesign = 'drawn' | 'sandwich' | 'fixed' | 'not-told';

interface Planned {
  readonly order: BlockOrder;
  /** Present where numbers come from a table made elsewhere, whose order means nothing. */
  readonly table?: MeasuredTable | undefined;
}

export function designOf({ order, table }: Planned): BlockDesign {
  if (table !== undefined) return 'not-told';
  if (order === 'sandwich') return 'sandwich';
  return order === 'listed' ? 'fixed' : 'drawn';
}

/** What a kernel's value is divided by in each block. */
export function divisorText(head: Planned): string {
  return designOf(head) === 'sandwich'
    ? 'geometric mean of both turns of the baseline'
    : 'baseline';
}

/** All that signed ranks ask of the noise, and what the lot gives to any noise. */
const SYMMETRY = 'a block of equal kernels shows +d as often as -d';

/** Of intervals by signed ranks. */
export function exactnessText(head: Planned): string {
  switch (designOf(head)) {
    case 'drawn':
      return 'exact, whatever the distribution';
    case 'sandwich':
      return `exact if ${SYMMETRY}, which places that are not drawn by lot do not ensure`;
    case 'fixed':
      return `exact if ${SYMMETRY}, which only an order drawn by lot ensures; this one was not`;
    case 'not-told':
      return (
        `exact if ${SYMMETRY}, which only an order drawn by lot ensures; the order here is not ` +
        'known'
      );
  }
}

/** Of a false change among so many comparisons, at a chance such as `5.0%`. */
export function errorChanceText(
  head: Planned,
  { family, chance }: { readonly family: number; readonly chance: string },
): string {
  const among = family === 1 ? 'them' : `${family} comparisons`;
  const kept = `the chance of any false change among ${among} is at most ${chance}, by Holm`;
  const none = 'so no chance of a false change is promised';
  const corrected = family === 1 ? '' : `p is corrected by Holm for ${family} comparisons; `;
  switch (designOf(head)) {
    case 'drawn':
      return kept;
    case 'sandwich':
      return `${kept}, if ${SYMMETRY}`;
    case 'fixed':
      return `${corrected}the order was not drawn, ${none}`;
    case 'not-told':
      return `${corrected}the order of the kernels is not known, ${none}`;
  }
}
