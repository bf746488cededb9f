// SPDX-License-Identifier: Apache-2.0
/** Noise that is the same for the same name, for runs that pretend. It is no source of secrets. */
import { seededRandom } from '@labsweep/proto';

/** A draw from the standard normal distribution that depends on the name alone. */
export function seededNoise(name: string): number {
  const random = seededRandom({ seed: 0, purpose: name });
  // Box and Muller's transform; the first number must not be zero.
  const radius = Math.sqrt(-2 * Math.log(1 - random.nextUniform()));
  return radius * Math.cos(2 * Math.PI * random.nextUniform());
}
