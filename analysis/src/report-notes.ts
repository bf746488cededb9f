// SPDX-License-Identifier: Apache-2.0
/**
 * The sentences below a report that say how its numbers came about, and only those that apply to
 * it.
 */
import { backgroundNotes } from './background-notes.js';
import { designOf, divisorText, exactnessText } from './block-design.js';
import { timingHistories } from './block-history.js';
import { buildNotes } from './build-factors.js';
import { type Cell, hostsOf } from './cell.js';
import { clockNotes } from './clock-notes.js';
import { hygieneNotes } from './hygiene-notes.js';
import type { ReportHead, ReportRow } from './report-model.js';
import type { IntervalMethod } from './statistics/median-interval.js';
import type { SweepRecord } from './sweep-record.js';
import { resultLines, scenariosOf } from './trial-value.js';

const OWN_VALUE =
  'A value is one trial (one boot); rounds inside a trial are not values of their own.';
const TABLE_VALUE = 'A value is what the table gives for one trial, whatever that was.';
const METHOD_NOTES: Readonly<Record<IntervalMethod, (head: ReportHead) => string>> = {
  'signed-rank': (head) =>
    'Intervals of changes from 6 or more blocks: Hodges and Lehmann (1963) with signed ranks, ' +
    `${exactnessText(head)}.`,
  'order-statistic': () =>
    'Intervals of 6 or more values: interpolated order statistics (Hettmansperger and Sheather ' +
    '1986), nearly free of the distribution.',
  'student-t-log': () =>
    'Intervals of 2 to 5 values: Student t on the logarithms (Student 1908), which assumes ' +
    'log-normal errors; no distribution-free 95% interval exists below n=6.',
  'student-t-linear': () =>
    'Intervals of 2 to 5 differences, shares or values that are not all positive: Student t on ' +
    'the values themselves (Student 1908), which assumes normal errors.',
};

interface Reported {
  readonly head: ReportHead;
  readonly rows: readonly ReportRow[];
}

/** What else than the code under test a change may come from: clocks, background, builds, hosts. */
export function confounders(record: SweepRecord, { head, rows }: Reported): string[] {
  return [
    ...clockNotes(record, rows),
    ...backgroundNotes(record),
    ...buildNotes(head.kernels, record.spec.baseline),
    ...hygieneNotes(record),
  ];
}

/** In reading order: unit, levels, comparisons, then what is special about this sweep. */
export function reportNotes(record: SweepRecord, { head, rows }: Reported): string[] {
  const methods = methodsIn(rows);
  return [
    ...(record.provenance ?? []),
    `${record.table === undefined ? OWN_VALUE : TABLE_VALUE} Levels are medians of trials, ` +
      '[low, high] is the 95% interval of the median.',
    changeNote(head),
    ...Object.entries(METHOD_NOTES)
      .filter(([method]) => methods.has(method))
      .map(([, note]) => note(head)),
    ...confounders(record, { head, rows }),
    ...quantumNotes(rows),
    ...severalHostsNote(rows),
    ...severalLinesNote(record),
    ...singleKernelNote(rows),
    ...undecidedNotes(record),
    ...(rows.some((row) => row.environment === 'scripted')
      ? ['scripted rows hold simulated numbers: they say nothing about any kernel.']
      : []),
  ];
}

function changeNote(head: ReportHead): string {
  const levels =
    designOf(head) === 'sandwich' ? ' Levels of the baseline are those of its first turn.' : '';
  return (
    'Changes and factors are the centre (Hodges and Lehmann 1963) of the ratios inside blocks ' +
    `(same host, same repetition), kernel / ${divisorText(head)}.${levels} "~": the interval ` +
    'includes 0; a minus means a lower value.'
  );
}

function methodsIn(rows: readonly ReportRow[]): Set<string> {
  const cells = rows.flatMap((row) => row.metrics.flatMap((metric) => metric.cells));
  const gaps = rows.flatMap(({ gapClosed }) =>
    gapClosed?.kind === 'closed' ? [gapClosed.fraction] : [],
  );
  const differences = rows
    .flatMap((row) => row.decompositions)
    .flatMap(({ primaryDifference, parts }) => [
      primaryDifference,
      ...parts.map((part) => part.difference),
    ]);
  const intervals = [
    ...cells.flatMap(intervalsOf),
    ...[...gaps, ...differences].map((e) => e.interval),
  ];
  return new Set(intervals.map((interval) => interval.method));
}

function intervalsOf({ interval, comparison }: Cell): Cell['interval'][] {
  return comparison.kind === 'compared' ? [interval, comparison.ratio.interval] : [interval];
}

/** Levels are the one thing that crosses hosts, so a reader must not compare kernels by them. */
function severalHostsNote(rows: readonly ReportRow[]): string[] {
  const mixed = rows.filter(
    ({ metrics }) => hostsOf(metrics.flatMap(({ cells }) => cells)).size > 1,
  );
  if (mixed.length === 0) return [];
  return [
    'Levels mix the hosts that blocks ran on; changes and gap closed, taken inside blocks, do ' +
      `not. Rows of several hosts: ${mixed.map((row) => row.label).join(', ')}.`,
  ];
}

function quantumNotes(rows: readonly ReportRow[]): string[] {
  const marked = rows.flatMap((row) =>
    row.quantisation.flatMap(({ metric, cells }) => {
      const own = row.metrics.find((each) => each.metric === metric)?.cells ?? [];
      return cells.map(({ kernel, isFalseZero }) => {
        const cell = own.find((each) => each.kernel === kernel);
        return { isFalseZero, isWider: (cell?.hiddenByRounding ?? 0) > 0 };
      });
    }),
  );
  return [
    ...(marked.some(({ isFalseZero }) => isFalseZero)
      ? ['A false zero: equal values only show that the spread is below the quantum.']
      : []),
    ...(marked.some(({ isWider }) => isWider)
      ? [
          'Where the spread is below half a quantum, intervals of values and of their ratios are ' +
            'widened by half a quantum of each value.',
        ]
      : []),
  ];
}

function severalLinesNote(record: SweepRecord): string[] {
  const trials = record.entries.filter(
    ({ purpose, outcome }) =>
      purpose === 'timing' &&
      scenariosOf(outcome).some((scenario) => resultLines(outcome, scenario).length > 1),
  );
  if (trials.length === 0) return [];
  return [
    `${trials.length} trials printed several result lines of one scenario; the median of those ` +
      'lines is the value of such a trial.',
  ];
}

function singleKernelNote(rows: readonly ReportRow[]): string[] {
  const single = rows.filter((row) => row.kernels.length === 1).map((row) => row.label);
  if (single.length === 0) return [];
  return [`Rows of a single kernel are levels, not comparisons: ${single.join(', ')}.`];
}

function undecidedNotes(record: SweepRecord): string[] {
  const blocks = timingHistories(record);
  const provisional = blocks.some((block) => block.standing === 'provisional');
  const left = blocks
    .filter((block) => block.standing === 'open')
    .flatMap((block) => block.entries)
    .filter((entry) => entry.outcome.status === 'measured').length;
  return [
    ...(provisional ? ['"*": provisional, a block behind the number is not decided yet.'] : []),
    ...(left > 0
      ? [
          `${left} measured ${left === 1 ? 'trial' : 'trials'} of undecided blocks stand in ` +
            'results.csv and do not count here.',
        ]
      : []),
  ];
}
