// SPDX-License-Identifier: Apache-2.0
/**
 * Turns what one trial printed into the one value it has for a metric. The boot is the experimental
 * unit, so rounds inside it never become values of their own.
 */
import type { Outcome, Sample } from '@labsweep/proto';
import { median } from './statistics/median.js';

/**
 * The value of `metric` on the result line of `scenario`; the median when the trial printed several
 * such lines, undefined when it printed none with that key. It does not look at the status.
 */
export function trialValue(
  outcome: Outcome,
  wanted: { readonly scenario: string; readonly metric: string },
): number | undefined {
  const values = resultLines(outcome, wanted.scenario)
    .map((sample) => sample.values[wanted.metric])
    .filter((value) => value !== undefined);
  return values.length === 0 ? undefined : median(values);
}

/** The result lines of one scenario; round lines are raw data and stay out. */
export function resultLines(outcome: Outcome, scenario: string): Sample[] {
  return outcome.samples.filter(
    (sample) => sample.line === 'result' && sample.scenario === scenario,
  );
}

/** The scenarios of which the trial printed a result line, in the order it printed them. */
export function scenariosOf(outcome: Outcome): string[] {
  const results = outcome.samples.filter((sample) => sample.line === 'result');
  return [...new Set(results.map((sample) => sample.scenario))];
}
