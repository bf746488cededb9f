// SPDX-License-Identifier: Apache-2.0
/**
 * report.mail: the report as a mail that a kernel list accepts: plain ASCII, at most 72 columns,
 * what was measured and no more. It sends nothing, and names no recipients.
 */
import type { EnvironmentRequest } from '@labsweep/proto';
import { hostsOf } from '../../cell.js';
import type { Report } from '../../report-model.js';
import type { SweepRecord } from '../../sweep-record.js';
import { renderGapClosed } from '../gap-text.js';
import { claimSentence, headline, leadClaim, metricText } from '../headline.js';
import { finishPage, wrapText } from '../page.js';
import { rawSeriesLines } from '../raw-series.js';
import type { RenderParts } from '../report-format.js';
import { distributionKernels } from '../setup-facts.js';
import { confounderLines } from '../status-text.js';
import {
  exclusionLines,
  nativeVirtualLines,
  rowStatusLines,
  stateLines,
} from './mail-exclusions.js';
import { setupLines } from './mail-setup.js';
import { mailTables } from './mail-table.js';
import { mailVerdicts, noiseFloorLines } from './mail-verdicts.js';
import { regzbotLine } from './regzbot.js';
import { reproduceLines } from './reproduce.js';

export const MAIL_COLUMNS = 72;

const ENVIRONMENT_WORDS: Readonly<Record<EnvironmentRequest, string>> = {
  native: 'native: on the kernel that the machine itself has booted',
  qemu: 'qemu: in a virtual machine',
  'qemu-kvm': 'qemu-kvm: in a virtual machine under KVM',
  'qemu-tcg':
    'qemu-tcg: on an emulated CPU; only ratios mean anything, and they need not carry over to ' +
    'hardware',
  scripted: 'scripted: SIMULATED numbers, which say nothing about any kernel',
};

/** Ends with a newline. Throws UsageError where `regzbot` does not fit the report. */
export function renderMail({ record, report, options }: RenderParts): string {
  const { regzbot, url } = options;
  const paragraphs = [
    subjectLines(report),
    openingLines(report),
    scopeLines(record, report),
    setupLines(record, report, MAIL_COLUMNS),
    [...mailTables(report, MAIL_COLUMNS).slice(1), ...hostsNote(report)],
    mailVerdicts(report, MAIL_COLUMNS),
    noiseFloorLines(report, MAIL_COLUMNS),
    renderGapClosed(report, MAIL_COLUMNS),
    nativeVirtualLines(report, MAIL_COLUMNS),
    exclusionLines(report, MAIL_COLUMNS),
    rowStatusLines(report, MAIL_COLUMNS),
    stateLines(report, MAIL_COLUMNS),
    confounderLines(report, MAIL_COLUMNS),
    reproduceLines(record, MAIL_COLUMNS),
    rawLines(report),
    ...(url === undefined ? [] : [wrapText(`Raw data, logs and manifest: ${url}`, fullWidth)]),
    // A paragraph of its own, since the bot reads nothing else.
    ...(regzbot === undefined ? [] : [[regzbotLine(regzbot, report)]]),
  ].filter((lines) => lines.length > 0);
  const lines = paragraphs.flatMap((each, index) => (index === 0 ? each : ['', ...each]));
  return `${finishPage(lines, MAIL_COLUMNS).join('\n')}\n`;
}

const fullWidth = { columns: MAIL_COLUMNS };

/** Folded as headers are: a line that begins with a blank goes on with the one before it. */
function subjectLines(report: Report): string[] {
  const [first = '', ...rest] = wrapText(`Subject: ${headline(report)}`, {
    columns: MAIL_COLUMNS - 1,
  });
  return [first, ...rest.map((line) => ` ${line}`)];
}

function openingLines(report: Report): string[] {
  const lead = leadClaim(report);
  const { state, progress } = report;
  const early =
    state === 'finished'
      ? []
      : wrapText(
          `PRELIMINARY: the sweep is ${state}, ${progress.trialsEnded} of ` +
            `${progress.trialsPlanned} trials have ended. A verdict on part of a plan may change, ` +
            'and looking early makes false changes likelier.',
          fullWidth,
        );
  const sentence =
    lead === undefined
      ? `Levels of ${metricText(report.primary)} of ${report.head.workload.name}; no row compares ` +
        `a kernel with ${report.baseline}, so nothing is said of any change.`
      : claimSentence(report, lead);
  const { meaning, name } = report.primary;
  return [
    ...early,
    ...(early.length > 0 ? [''] : []),
    ...wrapText(sentence, fullWidth),
    ...(meaning === '' ? [] : wrapText(`${name}: ${meaning}.`.replace('..', '.'), fullWidth)),
  ];
}

function scopeLines(record: SweepRecord, { head, rows }: Report): string[] {
  const { name, arguments: args } = head.workload;
  const environments = [...new Set(rows.map(({ environment }) => environment))];
  const what =
    head.table === undefined
      ? `the synthetic workload "${[name, ...args].join(' ')}"`
      : `what ${head.table.fileName} holds,`;
  // That a table does not name its environment is said with its source.
  const isWorthWords = (environment: EnvironmentRequest): boolean =>
    head.table === undefined || environment !== 'native';
  const vendor = distributionKernels(record);
  return [
    ...wrapText(
      `Scope: ${what} in ${environments.join(', ')}, on the kernels, CPU counts and ` +
        'machines below. It is not a claim about any application, other workload, machine or configuration.',
      fullWidth,
    ),
    ...environments
      .filter(isWorthWords)
      .flatMap((environment) =>
        wrapText(ENVIRONMENT_WORDS[environment], { prefix: '  ', ...fullWidth }),
      ),
    ...(vendor.length === 0
      ? []
      : wrapText(`Builds of a distribution, not vanilla kernels: ${vendor.join(', ')}.`, {
          prefix: '  ',
          ...fullWidth,
        })),
  ];
}

function hostsNote({ rows }: Report): string[] {
  if (!rows.some(({ metrics }) => hostsOf(metrics[0]?.cells ?? []).size > 1)) return [];
  const note = 'Medians mix the machines; changes are taken inside blocks, and do not.';
  return ['', ...wrapText(note, fullWidth)];
}

function rawLines(report: Report): string[] {
  const { primary } = report;
  const lines = rawSeriesLines(report, { metric: primary.name, columns: MAIL_COLUMNS });
  if (lines.length === 0) return [];
  return [
    ...wrapText(
      `Raw series of ${primary.name}, one value a block, by repetition ("-": no value):`,
      fullWidth,
    ),
    ...lines,
  ];
}
