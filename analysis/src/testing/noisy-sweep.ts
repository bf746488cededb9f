// SPDX-License-Identifier: Apache-2.0
/**
 * Series of two kernels with the faults that real labs have: boots that are now and then far off,
 * hosts that differ, hosts that drift while blocks run, and numbers printed with few digits.
 */
import type { BlockId, HostId } from '@labsweep/proto';
import { betweenTurns, type Series } from '../series.js';
import type { RandomSource } from '../statistics/random-source.js';

export interface NoiseModel {
  /** Standard deviation of the bulk of boots, as a fraction. */
  readonly noise: number;
  /** One boot in ten has three times the noise. */
  readonly hasTails?: boolean;
  /** Of the host's level from one trial to the next, as a fraction. */
  readonly driftPerTrial?: number;
  /**
   * By lot when left out; `listed`: the baseline first; `sandwich`: first and last, and what stands
   * for it is the geometric mean of both.
   */
  readonly order?: 'listed' | 'sandwich';
  /** How many hosts share the blocks; their levels spread evenly over 40 %. */
  readonly hosts?: number;
  /** Values are multiples of it; the level is about 40. */
  readonly quantum?: number;
}

const LEVEL = 40;
const TAIL_SHARE = 0.1;
const TAIL_FACTOR = 3;
/** From the slowest host to the fastest. */
const HOST_SPAN = 0.4;

/** What the lot and the machine make of a block, whichever kernels run in it. */
interface DrawnBlock {
  readonly isKernelFirst: boolean;
  /** Of the logarithm of a value, by its place in the block. */
  readonly noise: readonly number[];
}

interface Pair {
  readonly kernel: Series;
  readonly baseline: Series;
}

/** `ratio` is the true one, kernel / baseline. */
export function noisyPair(
  random: RandomSource,
  model: NoiseModel & { readonly blocks: number; readonly ratio: number },
): Pair {
  return pairOf(drawnBlocks(random, model), model);
}

/**
 * One night under every lot that could have been drawn for its blocks, 2^blocks of them and all as
 * likely. In a sandwich nothing is drawn; there the noise of each block comes with either sign,
 * which is as likely too.
 */
export function* pairsOfEveryLot(
  random: RandomSource,
  model: NoiseModel & { readonly blocks: number; readonly ratio: number },
): Generator<Pair> {
  const drawn = drawnBlocks(random, model);
  const others = drawn.map((block) => mirrored(block, model));
  for (let lot = 0; lot < 2 ** model.blocks; lot += 1) {
    yield pairOf(
      drawn.map((block, index) => (lot & (1 << index) ? (others[index] ?? block) : block)),
      model,
    );
  }
}

function drawnBlocks(
  random: RandomSource,
  model: NoiseModel & { readonly blocks: number },
): DrawnBlock[] {
  const places = model.order === 'sandwich' ? 3 : 2;
  return Array.from({ length: model.blocks }, () => {
    const isKernelFirst = model.order === undefined && random() < 0.5;
    return { isKernelFirst, noise: Array.from({ length: places }, () => bootNoise(random, model)) };
  });
}

/** As likely as the block itself, and with the opposite error. */
function mirrored({ isKernelFirst, noise }: DrawnBlock, { order }: NoiseModel): DrawnBlock {
  return order === undefined
    ? { isKernelFirst: !isKernelFirst, noise }
    : { isKernelFirst, noise: noise.map((each) => -each) };
}

function pairOf(
  blocks: readonly DrawnBlock[],
  model: NoiseModel & { readonly ratio: number },
): Pair {
  const series = { kernel: [], first: [], again: [] } as Record<Turn, Series[number][]>;
  const { hosts = 1, driftPerTrial = 0 } = model;
  for (const [block, { isKernelFirst, noise }] of blocks.entries()) {
    const host = block % hosts;
    const hostLevel = hosts === 1 ? 1 : 1 + HOST_SPAN * (host / (hosts - 1) - 0.5);
    const turns = turnsOf(model, isKernelFirst);
    for (const [place, turn] of turns.entries()) {
      const trial = turns.length * block + place;
      const drift = 1 + driftPerTrial * trial;
      const level = LEVEL * hostLevel * drift * (turn === 'kernel' ? model.ratio : 1);
      series[turn].push({
        block: `r${block}` as BlockId,
        repetition: block + 1,
        host: `host${host}` as HostId,
        value: printed(level * Math.exp(noise[place] ?? 0), model.quantum),
        startedAtMs: 1000 * trial,
        provisional: false,
      });
    }
  }
  const { kernel, first, again } = series;
  return { kernel, baseline: model.order === 'sandwich' ? betweenTurns(first, again) : first };
}

type Turn = 'kernel' | 'first' | 'again';

/** The trials of one block in their order. */
function turnsOf({ order }: NoiseModel, isKernelFirst: boolean): readonly Turn[] {
  if (order === 'sandwich') return ['first', 'kernel', 'again'];
  return isKernelFirst ? ['kernel', 'first'] : ['first', 'kernel'];
}

/** Of the logarithm of one value. */
export function bootNoise(
  random: RandomSource,
  { noise, hasTails = false }: Pick<NoiseModel, 'noise' | 'hasTails'>,
): number {
  const isTail = hasTails && random() < TAIL_SHARE;
  return noise * (isTail ? TAIL_FACTOR : 1) * standardNormal(random);
}

/** By Box and Muller. */
export function standardNormal(random: RandomSource): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function printed(value: number, quantum: number | undefined): number {
  if (quantum === undefined) return value;
  // Through text, as a reproducer prints it: 0.1 * 3 is not 0.3.
  return Number((Math.round(value / quantum) * quantum).toFixed(6));
}
