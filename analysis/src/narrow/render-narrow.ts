// SPDX-License-Identifier: Apache-2.0
/** A narrowing as text of at most 80 columns, and as JSON. It computes nothing. */
import { renderAsciiTable, type TableCell } from '../report/ascii-table.js';
import {
  decimalsFor,
  formatFactor,
  formatFactorRange,
  formatLevel,
} from '../report/format-number.js';
import { metricText } from '../report/headline.js';
import { ratioText } from '../report/native-virtual-text.js';
import { finishPage, wrapText } from '../report/page.js';
import type { KernelFinding } from './assess-narrowing.js';
import type { NarrowReport } from './narrow-report.js';

/** Words a duration in milliseconds. */
export type DurationText = (durationMs: number) => string;

export function renderNarrowJson(report: NarrowReport): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

/** Ends with a newline. */
export function renderNarrowText(report: NarrowReport, durationText: DurationText): string {
  const sections = [
    headLines(report),
    endSentences(report).flatMap((sentence) => wrapText(sentence)),
    tableLines(report, durationText),
    sandwichLines(report, durationText),
    costLines(report, durationText),
  ].filter((lines) => lines.length > 0);
  const lines = sections.flatMap((section, at) => (at === 0 ? section : ['', ...section]));
  return `${finishPage(lines).join('\n')}\n`;
}

function headLines(report: NarrowReport): string[] {
  const { metric, kernels, scenario, environment, row, effect, endsBlocks } = report;
  const where = `${environment}, row ${row}${scenario === undefined ? '' : `, ${scenario}`}`;
  const [good, bad] = [kernels[0], kernels.at(-1)];
  const ends =
    effect === undefined ? 'not measured' : `${ratioText(effect)} in ${endsBlocks} blocks`;
  return [
    ...wrapText(`${metricText(metric)}, ${where}`),
    ...wrapText(`${kernels.length} kernels from ${good} (good) to ${bad} (bad): ${ends}`),
  ];
}

/** What was found, each sentence or two as one text. */
export function endSentences(report: NarrowReport): string[] {
  const { end, kernels, contradictions } = report;
  const told = contradictions.map(
    ({ bad, good }) =>
      `Not in one direction: ${bad} is bad, and ${good} behind it is good. The effect comes and goes, ` +
      'or an answer is wrong; what is told is its last appearance.',
  );
  switch (end.kind) {
    case 'found': {
      const { good, bad, between } = end.pair;
      const skipped =
        between.length === 0
          ? 'These are neighbours in the list.'
          : `It may be in any of ${[...between, bad].join(', ')}: nothing is known of what lies between.`;
      const confirmed = end.confirmed === false ? ' A B A does NOT confirm it; see there.' : '';
      const pair = `The effect appears between ${good} (good) and ${bad} (bad).`;
      return [`${pair} ${skipped}${confirmed}`, ...told];
    }
    case 'no-effect':
      return [
        `No clear difference between ${kernels[0]} and ${kernels.at(-1)} in ${report.endsBlocks} ` +
          'blocks: there is nothing to narrow. More blocks, or longer trials, see smaller effects.',
      ];
    case 'end-fails':
      return [
        `${end.kernel} does not run the workload, and without it there is no scale: ` +
          `${failureText(report.findings.find(({ kernel }) => kernel === end.kernel))}.`,
      ];
    case 'unfinished':
      return [`Not finished: ${end.reason}`, ...told];
  }
}

function tableLines(report: NarrowReport, durationText: DurationText): string[] {
  const { findings, kernels, metric } = report;
  if (findings.length === 0) return [];
  const levels = findings.map(({ value }) => value).filter((value) => value !== undefined);
  const decimals = decimalsFor(levels);
  const rows = findings.map((finding): TableCell[] => {
    const { kernel, answer, value, ofMiddle, blocks, trials, hostTimeMs } = finding;
    const isEnd = kernel === kernels[0] || kernel === kernels.at(-1);
    return [
      [kernel],
      [`${answer}${isEnd ? ' end' : ''}`],
      [value === undefined ? '-' : formatLevel(value, decimals)],
      [ofMiddle === undefined ? '-' : formatFactor(ofMiddle.ratio)],
      [ofMiddle === undefined ? '-' : formatFactorRange(ofMiddle)],
      [`${blocks}`],
      [`${trials}`],
      [durationText(hostTimeMs)],
    ];
  });
  const left = (header: string) => ({ header, align: 'left' as const });
  const right = (header: string) => ({ header, align: 'right' as const });
  const columns = [
    left('kernel'),
    left('answer'),
    right(metric.unit),
    right('of middle'),
    left('95%'),
    right('blocks'),
    right('boots'),
    right('time'),
  ];
  const notRun = kernels.length - findings.length;
  const didNotRun = report.end.kind === 'found' ? 'did not have to run' : 'did not run';
  const failed = findings.filter(({ failures }) => failures.length > 0);
  return [
    ...renderAsciiTable({ columns, rows, gap: 2 }),
    ...(findings.some(({ ofMiddle }) => ofMiddle !== undefined) ? middleLines(report) : []),
    ...(notRun === 0 ? [] : [`Of the kernels in the list ${notRun} ${didNotRun}.`]),
    ...failed.flatMap((finding) => wrapText(`${finding.kernel}: ${failureText(finding)}`)),
  ];
}

/** The interval in the table is the one that answers. */
function middleLines({ effect }: NarrowReport): string[] {
  const [lower, higher] =
    effect === undefined || effect.ratio > 1 ? ['good', 'bad'] : ['bad', 'good'];
  return wrapText(
    'of middle: divided by the geometric mean of both ends in each block. An interval wholly below 1 ' +
      `is an answer, ${lower}, and so is one wholly above, ${higher}.`,
  );
}

function failureText(finding: KernelFinding | undefined): string {
  const counts = new Map<string, number>();
  for (const each of finding?.failures ?? []) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} x ${name}`).join(', ');
}

function sandwichLines(report: NarrowReport, durationText: DurationText): string[] {
  const { sandwich, end } = report;
  if (sandwich === undefined || end.kind !== 'found') return [];
  const { blocks, values, effect, drift, unlikeStates, trials, hostTimeMs, besides } = sandwich;
  const others = besides.map(
    (each) => `; ${each.trials} more for ${each.purpose}, ${durationText(each.hostTimeMs)}`,
  );
  const head =
    `A B A in ${blocks} blocks, in this order in each of them, none of them used in the search ` +
    `(${trials} boots, ${durationText(hostTimeMs)}${others.join('')}):`;
  if (values === undefined || effect === undefined || drift === undefined) {
    return wrapText(`${head} too few blocks were measured whole.`);
  }
  const { good, bad } = end.pair;
  const decimals = decimalsFor([values.good, values.bad, values.again]);
  const line = (letter: string, kernel: string, value: number): TableCell[] => [
    [`  ${letter}`],
    [kernel],
    [formatLevel(value, decimals)],
  ];
  const columns = [
    { header: '', align: 'left' },
    { header: 'kernel', align: 'left' },
    { header: report.metric.unit, align: 'right' },
  ] as const;
  const rows = [
    line('A', good, values.good),
    line('B', bad, values.bad),
    line('A', good, values.again),
  ];
  const isSteady = drift.low <= 1 && drift.high >= 1;
  return [
    ...wrapText(head),
    ...renderAsciiTable({ columns, rows, gap: 2 }),
    ...indented(`effect B / A: ${ratioText(effect)}${end.confirmed ? '' : ', not confirmed'}`),
    ...indented(`drift A / A: ${ratioText(drift)}${isSteady ? '' : '; the setup is not steady'}`),
    ...(unlikeStates
      ? indented("The audit found unlike states of the workload's memory: not comparable.")
      : []),
  ];
}

function costLines(
  { rounds, search, exhaustive, kernels, sandwich }: NarrowReport,
  durationText: DurationText,
): string[] {
  const blocks = rounds[0]?.blocks ?? 0;
  const count = rounds.length === 1 ? '1 round' : `${rounds.length} rounds`;
  const took =
    `The search took ${count}, ${search.trials} boots and ` +
    `${durationText(search.hostTimeMs)} of the hosts' time.`;
  if (exhaustive === undefined) return wrapText(took);
  const beside = sandwich === undefined ? '' : ' A B A comes on top of either.';
  return wrapText(
    `${took} All ${kernels.length} kernels in ${blocks} blocks would have taken ` +
      `${exhaustive.trials} boots and about ${durationText(exhaustive.hostTimeMs)}.${beside}`,
  );
}

const indented = (text: string) => wrapText(text, { prefix: '  ' });
