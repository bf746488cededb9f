// SPDX-License-Identifier: Apache-2.0
/**
 * Random numbers that are the same on every machine and in every release for the same seed. They
 * are for shuffling trials, not for secrets.
 */

/** Draws whole numbers, each as likely as the others. */
export interface SeededRandom {
  /** From 0 to `limit` - 1; `limit` is from 1 to 2^32. */
  nextBelow(limit: number): number;
  /** From 0 to below 1. */
  nextUniform(): number;
}

const UINT32_RANGE = 2 ** 32;

/**
 * The `purpose` is any text: the same seed draws unrelated numbers for different purposes, so one
 * use does not shift another. Generator: xoshiro128** of Blackman and Vigna ("Scrambled linear
 * pseudorandom number generators", ACM TOMS 47, 2021), its state filled by SplitMix32 from the seed
 * and the FNV-1a hash of the purpose.
 */
export function seededRandom({ seed, purpose }: { seed: number; purpose: string }): SeededRandom {
  const nextUint32 = xoshiro128(fillState(seed, hashFnv1a(purpose)));
  return {
    nextBelow(limit) {
      // The top of the range that does not hold all numbers equally often is drawn again.
      const fairLimit = UINT32_RANGE - (UINT32_RANGE % limit);
      let drawn = nextUint32();
      while (drawn >= fairLimit) drawn = nextUint32();
      return drawn % limit;
    },
    nextUniform: () => nextUint32() / UINT32_RANGE,
  };
}

type State = [number, number, number, number];

/** Four different words, so never the four zeros in which the generator would stay for ever. */
function fillState(seed: number, purposeHash: number): State {
  // The seed is scrambled first: neighbouring seeds must not meet neighbouring hashes.
  const start = splitMix32(seed) ^ purposeHash;
  return [1, 2, 3, 4].map((step) => splitMix32(start + Math.imul(step, 0x9e3779b9))) as State;
}

/** The finaliser of SplitMix, in 32 bits: turns each number into another one, without pattern. */
function splitMix32(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Over UTF-16 units instead of bytes, which for the ids of a plan is the same. */
function hashFnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

function xoshiro128(state: State): () => number {
  let [a, b, c, d] = state;
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
