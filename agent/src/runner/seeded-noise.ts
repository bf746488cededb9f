// SPDX-License-Identifier: Apache-2.0
/** Noise that is the same for the same name, for runs that pretend. It is no source of secrets. */

/** A draw from the standard normal distribution that depends on the name alone. */
export function seededNoise(name: string): number {
  const next = uniformStream(hashOf(name));
  // Box and Muller's transform; the first number must not be zero.
  const radius = Math.sqrt(-2 * Math.log(1 - next()));
  return radius * Math.cos(2 * Math.PI * next());
}

/** FNV-1a over the characters. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const character of name) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return hash >>> 0;
}

/** The mulberry32 generator: numbers from 0 to below 1. */
function uniformStream(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
