// SPDX-License-Identifier: Apache-2.0
/** The standard normal distribution: probability and quantile. */
import assert from 'node:assert/strict';

/** Halvings of a range of 80 until doubles cannot be told apart. */
const BISECTIONS = 70;

/**
 * P(Z <= `z`), relative error below 1e-13 for |z| < 8. Series and continued fraction as 26.2.11 and
 * 26.2.14 in Abramowitz and Stegun (1964), Handbook of Mathematical Functions.
 */
export function normalProbability(z: number): number {
  if (z > 0) return 1 - normalProbability(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z > -3) {
    let term = z;
    let sum = z;
    for (let odd = 3; Math.abs(term) > 1e-17; odd += 2) {
      term *= (z * z) / odd;
      sum += term;
    }
    return 0.5 + density * sum;
  }
  let fraction = -z;
  for (let level = 80; level >= 1; level -= 1) fraction = -z + level / fraction;
  return density / fraction;
}

/** The z with P(Z <= z) = `probability`, which lies strictly between 0 and 1. */
export function normalQuantile(probability: number): number {
  assert(probability > 0 && probability < 1, 'a probability lies between 0 and 1');
  let low = -40;
  let high = 40;
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2;
    if (normalProbability(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
