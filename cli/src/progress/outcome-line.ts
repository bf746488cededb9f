// SPDX-License-Identifier: Apache-2.0
/** One outcome as a line for people. */
import type { SweepRecord } from '@labsweep/analysis';
import type { TrialEnded } from '@labsweep/proto';

export function outcomeLine(entry: TrialEnded, record: SweepRecord | undefined): string {
  const { outcome, trial, environment, durationMs, attempt } = entry;
  const took = `${(durationMs / 1000).toFixed(1)} s`;
  const again = attempt > 1 ? ` (attempt ${attempt})` : '';
  const head = `${trial}${again} ${environment}`;
  if (outcome.failure !== undefined) {
    const { class: failure, message } = outcome.failure;
    return `${head} ${outcome.status}: ${failure}: ${message.split('\n')[0]} (${took})`;
  }
  const metric = record?.spec.workload.metrics[0];
  const results = outcome.samples.filter((sample) => sample.line === 'result');
  const value = metric && results[0]?.values[metric.name];
  if (metric === undefined || value === undefined) return `${head} measured (${took})`;
  const more = results.length > 1 ? ` and ${results.length - 1} more results` : '';
  return `${head} ${metric.name} ${value} ${metric.unit}${more} (${took})`;
}
