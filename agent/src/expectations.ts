// SPDX-License-Identifier: Apache-2.0
/** Holds the result lines of a trial against the conditions of its workload. Knows no kernels. */
import type { Expectation, Sample } from '@labsweep/proto';

/**
 * The first condition that a result line does not meet, as `unexpected_results == 0, got 3`, or
 * undefined when all are met. A metric that is absent meets nothing.
 */
export function findUnmetExpectation(
  samples: readonly Sample[],
  expectations: readonly Expectation[],
): string | undefined {
  for (const sample of samples.filter(({ line }) => line === 'result')) {
    for (const expectation of expectations) {
      const value = sample.values[expectation.metric];
      if (value !== undefined && HOLDS[expectation.operator](value, expectation.value)) continue;
      return describe(expectation, { value, scenario: sample.scenario });
    }
  }
  return undefined;
}

const HOLDS: Record<Expectation['operator'], (seen: number, asked: number) => boolean> = {
  '==': (seen, asked) => seen === asked,
  '!=': (seen, asked) => seen !== asked,
  '<': (seen, asked) => seen < asked,
  '<=': (seen, asked) => seen <= asked,
  '>': (seen, asked) => seen > asked,
  '>=': (seen, asked) => seen >= asked,
};

function describe(
  expectation: Expectation,
  seen: { value: number | undefined; scenario: string },
): string {
  const asked = `${expectation.metric} ${expectation.operator} ${expectation.value}`;
  const where = seen.scenario === '' ? '' : ` in scenario ${seen.scenario}`;
  return `${asked}, got ${seen.value ?? 'nothing'}${where}`;
}
