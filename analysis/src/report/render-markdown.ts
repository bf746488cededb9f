// SPDX-License-Identifier: Apache-2.0
/**
 * report.md: the report as GitHub Markdown, for issues and merge requests: tables, and the raw
 * series folded away. No name that a user gave can become markup.
 */
import type { Metric } from '@labsweep/proto';
import type { Cell } from '../cell.js';
import type { Report, ReportRow } from '../report-model.js';
import type { SweepRecord } from '../sweep-record.js';
import { decompositionTexts } from './decomposition-text.js';
import { floorSentences } from './floor-text.js';
import {
  formatLevel,
  formatP,
  formatRange,
  formatSignedChange,
  levelDecimals,
} from './format-number.js';
import { GAP_COLUMNS, gapMeaning, gapRemarks, gapRows } from './gap-text.js';
import { claimSentence, headline, leadClaim, metricText } from './headline.js';
import { stateItems } from './mail/mail-exclusions.js';
import { apartSentence, effectSentence, levelCells, pairSentences } from './native-virtual-text.js';
import { comparedMetrics } from './own-numbers.js';
import { planText, programTexts } from './plan-text.js';
import { cellsOf, seriesTable } from './raw-series.js';
import type { RenderParts } from './report-format.js';
import {
  clocksourceTexts,
  guestSettings,
  hostSettings,
  kernelLines,
  machineLines,
} from './setup-facts.js';
import { failureSentence, statusGroups } from './status-text.js';
import { verdictSentences } from './verdict-text.js';

/** Ends with a newline. */
export function renderMarkdown({ record, report }: RenderParts): string {
  const sections = [
    opening(report),
    ...comparedMetrics(report).map((metric) => metricSection(report, metric)),
    section('Verdicts', list([...verdictSentences(report), ...floorSentences(report)])),
    section('What carries the difference', decompositions(report)),
    section('Gap closed', gapTable(report)),
    section('Native against virtual', nativeVirtual(report)),
    section('Row status', rowStatus(report)),
    section('State check', list(stateItems(report))),
    section('Failed trials', list(report.failures.map(failureSentence))),
    section('Setup', setup(record, report)),
    section('Commands after the submission', list(report.commands)),
    section('Notes', list(report.notes)),
    rawSection(report),
  ].filter((lines) => lines.length > 0);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/**
 * Nothing that has a meaning in GitHub's Markdown keeps it. An empty comment splits a mention or
 * the number of an issue, which GitHub finds even behind a backslash.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll(/[\\`*<>|~$]/g, '\\$&')
    .replaceAll(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .replaceAll(/\](?=[([])/g, '\\]')
    .replace(/^(?=[[#]|[+-] )/, '\\')
    .replace(/^(\d+)(?=[.)] )/, '$1\\')
    .replaceAll('@', '@<!-- -->')
    .replaceAll(/#(?=\d)/g, '#<!-- -->')
    .replaceAll(/\b(https?|ftp|www)([:.])/gi, '$1&#8203;$2');
}

const text = escapeMarkdown;

function opening(report: Report): string[] {
  const lead = leadClaim(report);
  const { state, progress } = report;
  const sentence =
    lead === undefined
      ? `No row compares a kernel with ${report.baseline}: these are levels.`
      : claimSentence(report, lead);
  const standing =
    `Sweep ${report.sweep}: ${state}, ${progress.trialsEnded} of ${progress.trialsPlanned} ` +
    `trials, ${progress.blocksAccepted} of ${progress.blocksPlanned} blocks accepted.`;
  const early = `**Preliminary: the sweep is ${state}; numbers may change.**`;
  return [
    `# ${text(headline(report))}`,
    '',
    ...(state === 'finished' ? [] : [early, '']),
    text(sentence),
    '',
    text(standing),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', ...lines];
}

function list(items: readonly string[]): string[] {
  return items.map((item) => `- ${text(item.trim())}`);
}

/** `columns` end in `:` where they hold numbers. */
function table(columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(text).join(' | ')} |`;
  return [
    line(columns.map((column) => column.replace(/:$/, ''))),
    `| ${columns.map((column) => (column.endsWith(':') ? '---:' : '---')).join(' | ')} |`,
    ...rows.map(line),
  ];
}

function metricSection(report: Report, metric: Metric): string[] {
  const rows = report.rows.flatMap((row) => {
    const cells = cellsOf(row, metric.name);
    return cells.map((cell) => cellRow(row, cell, levelDecimals(cells)));
  });
  const columns = [
    'row',
    'kernel',
    'n:',
    'median:',
    '95% CI',
    'mean:',
    'change:',
    '95% CI',
    'p adj:',
  ];
  return section(`${text(metricText(metric))}, baseline ${text(report.baseline)}`, [
    ...table([...columns, 'verdict'], rows),
  ]);
}

function cellRow(row: ReportRow, cell: Cell, decimals: number): string[] {
  const { kernel, values, expected, summary, interval, comparison, judgement } = cell;
  const failed = row.trialsByKernel.find((each) => each.kernel === kernel)?.failed ?? 0;
  const level = (value: number): string => formatLevel(value, decimals);
  const change =
    comparison.kind === 'compared' ? formatSignedChange(comparison.changePercent) : undefined;
  const p = judgement?.pAdjusted;
  return [
    row.label,
    kernel,
    values.length < expected ? `${values.length} of ${expected}` : String(values.length),
    summary === undefined ? '-' : level(summary.median),
    interval.method === 'none'
      ? interval.reason
      : formatRange(level(interval.low), level(interval.high)),
    summary === undefined ? '-' : level(summary.mean),
    change?.size ?? '-',
    change?.range ?? '-',
    p === undefined ? '-' : formatP(p),
    verdictText(cell, failed),
  ];
}

function verdictText(cell: Cell, failed: number): string {
  const told = [verdictWord(cell), failed === 0 ? '-' : `${failed} failed`];
  return told.filter((each) => each !== '-').join('; ') || '-';
}

function verdictWord({ comparison, judgement }: Cell): string {
  if (comparison.kind === 'baseline') return 'baseline';
  if (comparison.kind === 'not-comparable') return `not comparable: ${comparison.cause} differs`;
  if (judgement !== undefined) return judgement.verdict.replaceAll('-', ' ');
  if (comparison.kind === 'not-compared') return comparison.reason.replaceAll('-', ' ');
  // Of the other metrics nothing is judged.
  return '-';
}

function rowStatus(report: Report): string[] {
  return statusGroups(report).flatMap(({ head, parts }) => [
    ...list([head]),
    ...list(parts).map((line) => `  ${line}`),
  ]);
}

function decompositions({ rows, primary }: Report): string[] {
  const lines = rows.flatMap(({ label, decompositions: all }) =>
    all.flatMap((decomposition) => {
      const { difference, parts } = decompositionTexts(decomposition, primary.name);
      const title = `${label}, ${decomposition.kernel} - ${decomposition.baseline}`;
      return [
        [title, primary.name, difference, '100%'],
        ...parts.map(({ name, text: told, share }) => [title, name, told, share]),
      ];
    }),
  );
  return lines.length === 0
    ? []
    : table(['difference', 'part', 'median and 95% CI:', 'share:'], lines);
}

function gapTable(report: Report): string[] {
  if (report.gap === undefined) return [];
  const lines = report.rows.flatMap(gapRows);
  const columns = GAP_COLUMNS.map(
    ({ header, align }) => `${header}${align === 'right' ? ':' : ''}`,
  );
  const remarks = list(report.rows.flatMap(gapRemarks));
  const sentence = text(`By ${report.gap.candidate}, ${gapMeaning(report)}.`);
  return [
    sentence,
    '',
    ...(lines.length === 0 ? [] : table(columns, lines)),
    ...(lines.length > 0 && remarks.length > 0 ? [''] : []),
    ...remarks,
  ];
}

function nativeVirtual({ sideBySide: { pairs, apart } }: Report): string[] {
  const sections = pairs.flatMap((pair, index) => [
    ...(index === 0 ? [] : ['']),
    `### ${text(`${pair.virtual} against ${pair.native} on ${pair.hostClass}`)}`,
    '',
    ...list(pairSentences(pair)),
    ...pair.metrics.flatMap(({ metric, effects }) =>
      list(effects.map((effect) => `${effect.label}, ${metric}: ${effectSentence(effect)}`)),
    ),
    '',
    ...table(
      ['metric', 'kernel', 'native:', 'virtual:', 'virtual / native'],
      pair.metrics.flatMap(({ metric, levels }) =>
        levels.map((each) => [metric, ...levelCells(each).map((cell) => cell.trim())]),
      ),
    ),
  ]);
  const between = pairs.length > 0 && apart.length > 0 ? [''] : [];
  return [...sections, ...between, ...list(apart.map(apartSentence))];
}

function setup(record: SweepRecord, report: Report): string[] {
  const { head } = report;
  const { name, arguments: args } = head.workload;
  return list([
    `workload: ${[name, ...args].join(' ')}`,
    ...programTexts(head).map((each) => `program: ${each}`),
    ...kernelLines(record, report).map((each) => `kernel ${each}`),
    ...head.kernelBuilds.map((each) => `kernels: ${each}`),
    ...machineLines(record).map((each) => `machine ${each}`),
    ...hostSettings(record).map(({ words, text: value }) => `host ${words}: ${value}`),
    ...guestSettings(record).map(({ words, text: value }) => `guest ${words}: ${value}`),
    ...head.environments.map(({ environment, note }) => `${environment}: ${note}`),
    ...clocksourceTexts(head).map((each) => `clocksource ${each}`),
    planText(head),
  ]);
}

function rawSection(report: Report): string[] {
  const tables = report.rows.flatMap((row) =>
    report.metrics.flatMap(({ name }) => {
      const series = seriesTable(report, row, name);
      if (series === undefined) return [];
      const columns = ['block:', ...series.kernels.map((kernel) => `${kernel}:`)];
      return [`**${text(`${row.label}, ${name}`)}**`, '', ...table(columns, series.rows), ''];
    }),
  );
  if (tables.length === 0) return [];
  return ['<details>', '<summary>Raw series</summary>', '', ...tables, '</details>'];
}
