// SPDX-License-Identifier: Apache-2.0
/**
 * report.html: the report as one page that needs nothing else: no script, no font, no picture from
 * anywhere. It shows what the text report says, and the series behind it.
 */
import type { Report } from '../../report-model.js';
import type { SweepRecord } from '../../sweep-record.js';
import { floorSentences } from '../floor-text.js';
import { GAP_COLUMNS, gapMeaning, gapRemarks, gapRows } from '../gap-text.js';
import { claimSentence, headline, leadClaim } from '../headline.js';
import { stateItems } from '../mail/mail-exclusions.js';
import { comparedMetrics } from '../own-numbers.js';
import { planText, programTexts } from '../plan-text.js';
import type { RenderParts } from '../report-format.js';
import {
  clocksourceTexts,
  guestSettings,
  hostSettings,
  kernelLines,
  machineLines,
  type SetupFact,
} from '../setup-facts.js';
import { failureSentence, statusGroups } from '../status-text.js';
import { verdictSentences } from '../verdict-text.js';
import { heatLegend, heatMap } from './heat-map.js';
import { type Child, element, type Markup } from './markup.js';
import { nativeVirtualPictures } from './native-virtual-picture.js';
import { phasePictures } from './phases.js';
import { orderWords, stripPlot } from './strip-plot.js';
import { STYLE } from './style.js';
import { dataTable, rawSeriesMarkup } from './tables.js';

/** Ends with a newline. */
export function renderHtml({ record, report }: RenderParts): string {
  const title = headline(report);
  const head = element(
    'head',
    {},
    element('meta', { charset: 'utf-8' }),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('meta', { name: 'color-scheme', content: 'light dark' }),
    element('title', {}, title),
    // The one text that must not be escaped: it holds nothing of the report.
    element('style', {}, { markup: STYLE }),
  );
  const body = element('body', {}, element('main', {}, sections(record, report)));
  return `<!DOCTYPE html>\n${element('html', { lang: 'en' }, head, body).markup}\n`;
}

function sections(record: SweepRecord, report: Report): Markup[] {
  const plots = report.rows
    .map((row) => stripPlot({ record, report }, row))
    .filter((plot) => plot !== undefined);
  const phases = phasePictures(report);
  return [
    ...opening(report),
    ...section('Matrix', [heatMap(report, report.primary), heatLegend(report.primary)]),
    ...section('Verdicts', verdicts(report)),
    ...section(`Every value, ${orderWords(report)}`, grid(plots)),
    ...section('What carries the difference', grid(phases)),
    ...section('Gap closed', gapClosed(report)),
    ...section('Native against virtual', nativeVirtualPictures(report)),
    ...section('The other metrics', otherMetrics(report)),
    ...section('Row status', rowStatus(report)),
    ...section('State of the workload’s memory', [list(stateItems(report))]),
    ...section('Failed trials', [list(report.failures.map(failureSentence))]),
    ...section('Setup', setup(record, report)),
    ...section('Commands after the submission', [list(report.commands)]),
    ...section('Notes', [list(report.notes)]),
    ...section('Raw series', rawSeriesMarkup(report)),
  ];
}

function opening(report: Report): Markup[] {
  const { state, progress } = report;
  const lead = leadClaim(report);
  const ended = `${progress.trialsEnded} of ${progress.trialsPlanned} trials`;
  return [
    element('p', { class: 'soft' }, `labsweep report of ${report.sweep}: ${state}, ${ended}`),
    element('h1', {}, headline(report)),
    ...(state === 'finished'
      ? []
      : [
          element(
            'p',
            { class: 'early' },
            `Preliminary: the sweep is ${state}; numbers may change.`,
          ),
        ]),
    element(
      'p',
      { class: 'lead' },
      lead === undefined
        ? `No row compares a kernel with ${report.baseline}: these are levels.`
        : claimSentence(report, lead),
    ),
  ];
}

/** Nothing where there is nothing to show. */
function section(title: string, content: readonly Markup[]): Markup[] {
  const filled = content.filter(({ markup }) => markup !== '');
  return filled.length === 0 ? [] : [element('h2', {}, title), ...filled];
}

function grid(figures: readonly Markup[]): Markup[] {
  return figures.length === 0 ? [] : [element('div', { class: 'plots' }, figures)];
}

function list(items: readonly (Child | readonly Child[])[]): Markup {
  if (items.length === 0) return { markup: '' };
  return element(
    'ul',
    {},
    items.map((item) => element('li', {}, item)),
  );
}

function verdicts(report: Report): Markup[] {
  const sentences = verdictSentences(report);
  if (sentences.length === 0) return [];
  const floors = floorSentences(report);
  return [
    list(sentences),
    ...(floors.length === 0 ? [] : [element('h3', {}, 'Noise floor'), list(floors)]),
  ];
}

function otherMetrics(report: Report): Markup[] {
  return comparedMetrics(report)
    .filter(({ name }) => name !== report.primary.name)
    .map((metric) =>
      element('details', {}, element('summary', {}, metric.name), heatMap(report, metric)),
    );
}

function gapClosed(report: Report): Markup[] {
  if (report.gap === undefined) return [];
  const columns = GAP_COLUMNS.map(({ header }) => header);
  const rows = report.rows.flatMap(gapRows);
  return [
    element('p', {}, `By ${report.gap.candidate}, ${gapMeaning(report)}.`),
    ...(rows.length === 0 ? [] : [dataTable({ columns, rows })]),
    list(report.rows.flatMap(gapRemarks)),
  ];
}

function rowStatus(report: Report): Markup[] {
  return [list(statusGroups(report).map(({ head, parts }) => [head, list(parts)]))];
}

function setup(record: SweepRecord, report: Report): Markup[] {
  const { head } = report;
  const { workload } = head;
  const facts = (told: readonly SetupFact[]): string =>
    told.map(({ words, text }) => `${words} ${text}`).join(', ');
  const entries: readonly (readonly [string, readonly string[]])[] = [
    ['workload', [[workload.name, ...workload.arguments].join(' ')]],
    ['program', programTexts(head)],
    ['kernels', [...kernelLines(record, report), ...head.kernelBuilds]],
    ['machines', machineLines(record)],
    ['hosts’ settings', [facts(hostSettings(record))]],
    ['guests', [facts(guestSettings(record))]],
    ['environments', head.environments.map(({ environment, note }) => `${environment}: ${note}`)],
    ['clocksource', clocksourceTexts(head)],
    ['plan', [planText(head)]],
  ];
  return [
    element(
      'dl',
      {},
      entries.flatMap(([key, values]) =>
        values
          .filter((value) => value !== '')
          .flatMap((value, index) => [
            element('dt', {}, index === 0 ? key : ''),
            element('dd', {}, value),
          ]),
      ),
    ),
  ];
}
