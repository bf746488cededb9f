// SPDX-License-Identifier: Apache-2.0
/** The notes of a report on the clocks of its trials: coarse ones, changed ones, unknown ones. */
import type { TrialEnded } from '@labsweep/proto';
import { timingHistories } from './block-history.js';
import { resolutionChange, TICKS_MIN } from './clock-sense.js';
import type { ReportRow } from './report-model.js';
import type { SweepRecord } from './sweep-record.js';

/** Clocks that are no counter of the CPU but a count of timer interrupts. */
const COARSE_CLOCKS = ['refined-jiffies', 'jiffies'] as const;

export function clockNotes(record: SweepRecord, rows: readonly ReportRow[]): string[] {
  const counted = timingHistories(record).flatMap((block) => block.counted);
  return [
    ...coarseNote(counted),
    ...changedNote(counted),
    ...resolutionNote(counted),
    ...shortNote(rows),
    ...unknownNote(rows),
  ];
}

function coarseNote(counted: readonly TrialEnded[]): string[] {
  return COARSE_CLOCKS.flatMap((clock) => {
    const trials = counted.filter(({ outcome }) => clocksOf(outcome.facts).includes(clock));
    if (trials.length === 0) return [];
    return [
      `${clock} (${countOf(trials, 'trial')}) is a clock that only ticks with the timer ` +
        'interrupt, 4 ms at HZ=250: a single phase reads as 0 or as whole ticks, and only sums ' +
        'over many iterations mean anything.',
    ];
  });
}

function clocksOf(facts: Readonly<Record<string, string>>): (string | undefined)[] {
  return [facts.clocksource, facts.clocksource_end];
}

/** A guest moves on from the clock of its early boot by itself, so this alone is no fault. */
function changedNote(counted: readonly TrialEnded[]): string[] {
  const changes = counted.flatMap(({ outcome }) => {
    const [start, end] = clocksOf(outcome.facts);
    const isChange = start !== undefined && end !== undefined && start !== end;
    return isChange && end !== 'absent' ? [`${start} -> ${end}`] : [];
  });
  if (changes.length === 0) return [];
  return [
    `The clocksource changed while ${countOf(changes, 'trial')} ran: ` +
      `${[...new Set(changes)].join(', ')}. Such a trial may have been timed with two clocks.`,
  ];
}

function resolutionNote(counted: readonly TrialEnded[]): string[] {
  const changes = counted.flatMap(({ outcome }) => resolutionChange(outcome.facts) ?? []);
  if (changes.length === 0) return [];
  return [
    `The smallest step of the clock changed while ${countOf(changes, 'trial')} ran: ` +
      `${[...new Set(changes)].join(', ')}. The longer one counts for "!clock".`,
  ];
}

function shortNote(rows: readonly ReportRow[]): string[] {
  if (!rows.some(({ clock }) => clock.some(({ kind }) => kind === 'short'))) return [];
  return [
    `"!clock": a timed phase is shorter than ${TICKS_MIN} ticks of the clock that timed it. Each ` +
      'reading is wrong by up to a tick; that evens out over many iterations only as far as ' +
      'phases start at random against the ticks.',
  ];
}

function unknownNote(rows: readonly ReportRow[]): string[] {
  const unknown = rows.flatMap(({ clock }) =>
    clock.flatMap((finding) => (finding.kind === 'unknown' ? [finding] : [])),
  );
  if (unknown.length === 0) return [];
  const metrics = [...new Set(unknown.map(({ metric }) => metric))];
  const keys = [...new Set(unknown.flatMap(({ missing }) => missing))];
  return [
    `Whether ${metrics.join(', ')} ${metrics.length === 1 ? 'is' : 'are'} long enough for the ` +
      `clock cannot be told: no result line or machine says ${keys.join(' or ')}.`,
  ];
}

function countOf(things: readonly unknown[], noun: string): string {
  return `${things.length} ${noun}${things.length === 1 ? '' : 's'}`;
}
