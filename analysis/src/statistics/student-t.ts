// SPDX-License-Identifier: Apache-2.0
/**
 * The two-sided quantile of Student's t distribution for whole degrees of freedom. It serves
 * intervals of few values, and is no general library of distributions.
 *
 * Student (1908), The probable error of a mean, Biometrika 6(1), 1-25. The finite series for whole
 * degrees of freedom are 26.7.3 and 26.7.4 in Abramowitz and Stegun (1964), Handbook of
 * Mathematical Functions.
 */
import assert from 'node:assert/strict';

/** Halvings of a range of pi / 2 until doubles cannot be told apart. */
const BISECTIONS = 60;

/**
 * The t for which P(-t < T < t) is `coverage`. `degreesOfFreedom` is a whole number from 1,
 * `coverage` lies strictly between 0 and 1.
 */
export function studentTQuantile(options: { coverage: number; degreesOfFreedom: number }): number {
  const { coverage, degreesOfFreedom } = options;
  assert(
    Number.isInteger(degreesOfFreedom) && degreesOfFreedom >= 1,
    'degrees of freedom: 1, 2, ...',
  );
  assert(coverage > 0 && coverage < 1, 'coverage lies between 0 and 1');
  let low = 0;
  let high = Math.PI / 2;
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2;
    if (centralProbability(middle, degreesOfFreedom) < coverage) low = middle;
    else high = middle;
  }
  return Math.sqrt(degreesOfFreedom) * Math.tan((low + high) / 2);
}

/** P(-t < T < t) at the angle whose tangent is t / sqrt(degrees of freedom). */
function centralProbability(angle: number, degreesOfFreedom: number): number {
  const cosine = Math.cos(angle);
  const isOdd = degreesOfFreedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let series = degreesOfFreedom === 1 ? 0 : term;
  for (let power = isOdd ? 3 : 2; power <= degreesOfFreedom - 2; power += 2) {
    term *= ((power - 1) / power) * cosine ** 2;
    series += term;
  }
  const sum = Math.sin(angle) * series;
  return isOdd ? (2 / Math.PI) * (angle + sum) : sum;
}
