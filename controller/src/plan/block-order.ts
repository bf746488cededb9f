// SPDX-License-Identifier: Apache-2.0
/**
 * Decides in which order the kernels of a row run in each repetition: shuffled by the seed, and
 * balanced. It knows nothing of time or hosts.
 */
import { strict as assert } from 'node:assert';
import { type SeededRandom, seededRandom } from '@labsweep/proto';

/** A row with the seed of its sweep. */
export interface OrderRequest<Kernel> {
  readonly seed: number;
  /** The row's id: rows are shuffled independently of each other. */
  readonly row: string;
  readonly kernels: readonly Kernel[];
}

/**
 * The order for a repetition, which counts from 1. It depends on the seed, the row, its kernels and
 * the repetition alone: more rows or repetitions leave the blocks that were planned as they are.
 *
 * A host drifts by more than the effects we look for, and a trial may leave the host warmer than it
 * was. A plain shuffle evens that out only in the long run; sweeps have 3 to 10 repetitions. So
 * repetitions are taken in squares of as many as there are kernels, after Williams ("Experimental
 * designs balanced for the estimation of residual effects of treatments", Aust. J. Sci. Res. A 2,
 * 1949): within a square each kernel stands in each place once, and follows each other kernel once.
 * With an odd number of kernels it follows each of them twice in two squares, of which one is the
 * other read backwards. What is random are the kernels' parts in the square and the order of its
 * lines.
 */
export function orderOfBlock<Kernel>(
  request: OrderRequest<Kernel>,
  repetition: number,
): readonly Kernel[] {
  return ordersOf(request)(repetition);
}

/** The same for many repetitions of a row: a square is drawn once, and used for all its lines. */
export function ordersOf<Kernel>(
  request: OrderRequest<Kernel>,
): (repetition: number) => readonly Kernel[] {
  const size = request.kernels.length;
  if (size < 2) return () => request.kernels;
  const places = firstLine(size);
  let drawn: Square<Kernel> | undefined;
  return (repetition) => {
    const square = Math.floor((repetition - 1) / size);
    if (drawn?.square !== square) drawn = drawSquare(request, square);
    const { parts, lines, isMirror } = drawn;
    const shift = lines[(repetition - 1) % size] ?? 0;
    const order = places.map((part) => {
      const kernel = parts[(part + shift) % size];
      assert(kernel !== undefined, 'a part of the square is the place of a kernel');
      return kernel;
    });
    return isMirror ? order.reverse() : order;
  };
}

interface Square<Kernel> {
  readonly square: number;
  readonly parts: readonly Kernel[];
  readonly lines: readonly number[];
  readonly isMirror: boolean;
}

function drawSquare<Kernel>(request: OrderRequest<Kernel>, square: number): Square<Kernel> {
  const size = request.kernels.length;
  // Both squares of an odd size share their parts; only then do they complete each other.
  const isMirror = size % 2 === 1 && square % 2 === 1;
  const parts = shuffled(request.kernels, randomOf(request, `parts ${square - Number(isMirror)}`));
  const lines = shuffled(countTo(size), randomOf(request, `lines ${square}`));
  return { square, parts, lines, isMirror };
}

/**
 * 0, 1, n-1, 2, n-2, ...: for an even n all steps between neighbours are different, which is the
 * trick of Williams; for an odd n each step of one direction occurs twice.
 */
function firstLine(size: number): readonly number[] {
  return countTo(size).map((place) =>
    place % 2 === 1 ? (place + 1) / 2 : (size - place / 2) % size,
  );
}

function randomOf(request: OrderRequest<unknown>, detail: string): SeededRandom {
  return seededRandom({ seed: request.seed, purpose: `${request.row} ${detail}` });
}

/** Fisher and Yates, from the end. */
function shuffled<Item>(items: readonly Item[], random: SeededRandom): readonly Item[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = random.nextBelow(last + 1);
    [result[last], result[other]] = [result[other] as Item, result[last] as Item];
  }
  return result;
}

function countTo(size: number): readonly number[] {
  return Array.from({ length: size }, (_, index) => index);
}
