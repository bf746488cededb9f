// SPDX-License-Identifier: Apache-2.0
/** Random numbers from a seed: the same seed gives the same numbers for ever. */

export type RandomSource = () => number;

/** Uniform in [0, 1); the generator is mulberry32, which is enough to make noise. */
export function randomSource(seed: number): RandomSource {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
