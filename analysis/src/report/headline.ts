// SPDX-License-Identifier: Apache-2.0
/**
 * Picks what a report is about: the one comparison that its subject names, and the sentence that
 * says just what was measured. It claims nothing that a verdict does not.
 */
import type { EnvironmentRequest, Metric } from '@labsweep/proto';
import { designOf } from '../block-design.js';
import { type Cell, hostsOf } from '../cell.js';
import type { Report, ReportRow } from '../report-model.js';
import { differenceText } from '../state-gate.js';
import { isRegressionVerdict, type Judgement, percentText, type Verdict } from '../verdict.js';
import { decimalsFor, formatLevel, formatP, formatSignedChange } from './format-number.js';

/** A judged comparison of the primary metric. */
export interface Claim {
  readonly row: ReportRow;
  readonly cell: Cell;
  readonly judgement: Judgement;
}

/** What a reader must know first comes first. */
const PRIORITY: readonly Verdict[] = [
  'slower',
  'higher',
  'lower',
  'faster',
  'undecided',
  'too-few',
  'same',
  'not-comparable',
];

/** To the machine that users have. */
const NEAREST_FIRST: readonly EnvironmentRequest[] = [
  'native',
  'qemu-kvm',
  'qemu',
  'qemu-tcg',
  'scripted',
];

const STATUSES = ['clean', 'supporting', 'excluded'] as const;

/** In the order of the rows, then of their kernels. A row without the baseline claims nothing. */
export function claimsOf(report: Report): Claim[] {
  return report.rows.flatMap((row) =>
    (row.metrics[0]?.cells ?? []).flatMap((cell) => {
      const { judgement } = cell;
      const isAlone = judgement?.reasons.some(({ code }) => code === 'no-baseline') ?? true;
      return judgement === undefined || isAlone ? [] : [{ row, cell, judgement }];
    }),
  );
}

/** Rows whose kernels have a level each and nothing to be compared with. */
export function rowsOfLevels(report: Report): ReportRow[] {
  const claiming = new Set(claimsOf(report).map(({ row }) => row));
  return report.rows.filter((row) => !claiming.has(row));
}

/**
 * Undefined where nothing is compared. A clean row goes before one that only supports, and the bare
 * machine before a guest: some effects exist in guests alone.
 */
export function leadClaim(report: Report): Claim | undefined {
  const ranks = ({ judgement, row }: Claim): number[] => [
    PRIORITY.indexOf(judgement.verdict),
    STATUSES.indexOf(row.status.kind),
    NEAREST_FIRST.indexOf(row.environment),
  ];
  const rank = (claim: Claim): number => ranks(claim).reduce((sum, each) => sum * 10 + each, 0);
  return claimsOf(report).toSorted((a, b) => rank(a) - rank(b))[0];
}

/** A regression is said only where a verdict says so and can blame the code. */
export function isRegression(report: Report): boolean {
  const lead = leadClaim(report);
  if (lead === undefined || !isRegressionVerdict(lead.judgement)) return false;
  return canBlame(report, lead.row);
}

/**
 * Only a whole sweep on real kernels can blame the code, in a row that can stand alone, and only if
 * it is known how it was made: a table made elsewhere does not tell in which order its kernels ran.
 */
export function canBlame({ state, head }: Report, { environment, status }: ReportRow): boolean {
  const isReal = environment !== 'scripted' && head.table === undefined;
  return state === 'finished' && isReal && status.kind === 'clean';
}

/** One line, not wrapped; without the word `Subject`. */
export function headline(report: Report): string {
  const { primary, baseline } = report;
  const { name } = report.head.workload;
  const lead = leadClaim(report);
  const tag = isRegression(report) ? '[REGRESSION] ' : '';
  const state = report.state === 'finished' ? '' : `${report.state}: `;
  if (lead === undefined) return `${state}${name}: levels of ${primary.name}, no comparison`;
  const { cell, judgement } = lead;
  const place = `on ${cell.kernel} against ${baseline}`;
  return `${tag}${state}${name}: ${primary.name} ${shortFinding(cell, judgement, report)} ${place}`;
}

function shortFinding({ comparison }: Cell, { verdict }: Judgement, { judging }: Report): string {
  switch (verdict) {
    case 'slower':
    case 'faster':
    case 'higher':
    case 'lower':
      return comparison.kind === 'compared'
        ? formatSignedChange(comparison.changePercent).size
        : verdict;
    case 'same':
      return `same within ${percentText(judging.margin ?? 0)}`;
    case 'undecided':
      return 'undecided';
    case 'too-few':
      return 'not decided (too few blocks)';
    case 'not-comparable':
      return 'not comparable';
  }
}

/**
 * What was found in one row, with its interval where there is one, and whether the row can stand
 * alone; ends with a full stop.
 */
export function claimSentence(report: Report, claim: Claim): string {
  return `${findingSentence(report, claim)}${standingText(claim)}`;
}

function findingSentence(report: Report, { row, cell, judgement }: Claim): string {
  const { primary, baseline, head } = report;
  const { verdict } = judgement;
  const subject = subjectOf(report);
  const what = `${metricText(primary)} of ${head.workload.name}`;
  const pair = `on ${cell.kernel} and on ${baseline}, in ${row.label}`;
  const than = `on ${cell.kernel} than on ${baseline}, in ${row.label}`;
  const change = changeText(report, cell, judgement);
  const levels = levelsText(report, row, cell);
  const why = judgement.reasons.map(({ text }) => text).join('; and ');
  switch (verdict) {
    case 'slower':
    case 'faster':
      return (
        `${subject} is ${verdict} ${than}: ${metricText(primary)} went ${levels}, a ` +
        `change inside blocks of ${change}.${doubtsText(judgement)}`
      );
    case 'higher':
    case 'lower':
      return (
        `${what} is ${verdict} ${than}: it went ${levels}, a change inside blocks of ${change}.` +
        doubtsText(judgement)
      );
    case 'same': {
      const margin = percentText(report.judging.margin ?? 0);
      return (
        `${what} is the same ${pair}, within the margin of ${margin} that the spec states; ` +
        `it went ${levels}, a change inside blocks of ${change}.${doubtsText(judgement)}`
      );
    }
    case 'undecided':
      return (
        `Whether ${what} differs between ${cell.kernel} and ${baseline}, in ${row.label}, is ` +
        `undecided: it went ${levels}, a change inside blocks of ${change}, but ${why}. ` +
        moreBlocksText(judgement)
      );
    case 'too-few':
      return (
        `Too few blocks to judge ${what} ${pair}: ${why}. ` +
        `${change === '' ? '' : `Seen so far: ${change}. `}${moreBlocksText(judgement)}`
      );
    case 'not-comparable':
      return `${what} is not comparable ${pair}: ${whyNot(cell, why)}.`;
  }
}

/** More of them stand below; the first ones are enough to know what the number rests on. */
const STANDING_REASONS_MAX = 2;

/** An excluded row has said so by its verdict, and the verdict's own doubts are not repeated. */
function standingText({ row: { status }, judgement }: Claim): string {
  if (status.kind !== 'supporting') return '';
  const told = new Set(judgement.reasons.map(({ text }) => text));
  const reasons = status.reasons.filter((reason) => !told.has(reason));
  const shown = reasons.slice(0, STANDING_REASONS_MAX);
  const rest = reasons.length - shown.length;
  const why = [...shown, ...(rest === 0 ? [] : [`and ${rest} more, below`])].join('; ');
  return ` The row is supporting only${why === '' ? '' : `: ${why}`}.`;
}

/** A table that names no workload is not what became slower. */
function subjectOf({ head }: Report): string {
  const { name } = head.workload;
  return head.table?.fileName === name ? `The workload of ${name}` : name;
}

/** The first thing that differs says more than that something does. */
function whyNot({ kernel, comparison }: Cell, why: string): string {
  if (comparison.kind !== 'not-comparable') return why;
  const { baseline, differences } = comparison;
  const [first] = differences;
  return first === undefined ? why : differenceText(first, { kernel, baseline });
}

/** `iteration_ns_per_page (ns/page, lower is better)`. */
export function metricText({ name, unit, direction }: Metric): string {
  const better = direction === 'none' ? 'no good direction' : `${direction} is better`;
  return `${name} (${unit === '' ? better : `${unit}, ${better}`})`;
}

/**
 * `from 25.0 to 37.0 (medians)`, with both turns where the change is taken from both. The hosts of
 * a row may differ in level, and their medians mix.
 */
function levelsText({ baseline, head }: Report, { metrics, again }: ReportRow, cell: Cell): string {
  const base = metrics[0]?.cells.find(({ kernel }) => kernel === baseline);
  const medians = [base, cell].map((each) => each?.summary?.median ?? Number.NaN);
  const decimals = decimalsFor(medians);
  const [from = '', to = ''] = medians.map((median) => formatLevel(median, decimals));
  const { size } = hostsOf([base, cell]);
  const mixed = size > 1 ? ` of ${size} hosts` : '';
  const second = designOf(head) === 'sandwich' ? again?.summary?.median : undefined;
  const turns =
    second === undefined ? '' : ` (first turn; ${formatLevel(second, decimals)} at the end)`;
  return `from ${from}${turns} to ${to} (medians${mixed})`;
}

/** `+48.3%, 95% CI [+47.8, +48.7], 10 blocks, p <0.001 after Holm over 4 comparisons`. */
function changeText(report: Report, { comparison }: Cell, judgement: Judgement): string {
  if (comparison.kind !== 'compared') return '';
  const { size, range } = formatSignedChange(comparison.changePercent);
  const { family } = report.judging;
  const holm = family > 1 ? ` after Holm over ${family} comparisons` : '';
  const { pAdjusted, reasons } = judgement;
  // That reason tells it, with what became of it.
  const isToldBelow = reasons.some(({ code }) => code === 'not-significant-in-family');
  const p =
    pAdjusted === undefined || isToldBelow ? '' : `, p ${equalSign(formatP(pAdjusted))}${holm}`;
  const percents = range.replaceAll(/(?=[,\]])/g, '%');
  return `${size}, 95% CI ${percents}, ${blocksText(comparison.ratio.n)}${p}`;
}

function equalSign(p: string): string {
  return p.startsWith('<') ? p.replace('<', '< ') : `= ${p}`;
}

/** What stands against a verdict belongs behind it, not below it. */
function doubtsText({ reasons }: Judgement): string {
  const doubts = reasons
    .filter(({ code }) => code !== 'significant' && code !== 'within-margin')
    .map(({ text }) => text);
  return doubts.length === 0 ? '' : ` But ${doubts.join('; and ')}.`;
}

function moreBlocksText(judgement: Judgement): string {
  const needed = neededText(judgement);
  return needed === undefined
    ? 'More blocks of this setup are not expected to decide it.'
    : `${needed.charAt(0).toUpperCase()}${needed.slice(1)}.`;
}

/**
 * `about 4 more blocks are needed`, to decide what was seen; `at least` where fewer can decide
 * nothing. Undefined where no number would do.
 */
export function neededText({ verdict, blocksMissing }: Judgement): string | undefined {
  if (blocksMissing === undefined) return undefined;
  const blocks = blocksText(blocksMissing).replace(' ', ' more ');
  const verb = blocksMissing === 1 ? 'is' : 'are';
  return `${verdict === 'too-few' ? 'at least' : 'about'} ${blocks} ${verb} needed`;
}

/** `1 block`, `6 blocks`. */
export function blocksText(count: number): string {
  return `${count} ${count === 1 ? 'block' : 'blocks'}`;
}
