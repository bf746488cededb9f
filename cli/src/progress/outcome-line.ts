// SPDX-License-Identifier: Apache-2.0
/** What happened in a sweep as lines for people. */
import type { SweepRecord } from '@labsweep/analysis';
import type { TrialEnded } from '@labsweep/proto';

/** How far the sweep is: `12/21 trials`, a rerun trial counted once. */
export function trialCountText(record: SweepRecord): string {
  const ended = new Set(record.entries.map((entry) => entry.trial)).size;
  return `${ended}/${record.plan.trialCount} trials`;
}

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
