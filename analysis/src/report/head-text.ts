// SPDX-License-Identifier: Apache-2.0
/** The head of the text report: state, then what was measured where and how. */
import { buildWords } from '../kernel-builds.js';
import type { Report, ReportKernel } from '../report-model.js';
import { wrapText } from './page.js';
import { orderText, programTexts, repetitionsText } from './plan-text.js';
import { clocksourceTexts } from './setup-facts.js';

/** Wide enough for the longest key and two blanks. */
const KEY_COLUMNS = 13;

/** Enough to tell binaries apart; results.json has all. */
const SUM_DIGITS = 12;

export function renderHead(report: Report): string[] {
  const { head } = report;
  return [
    ...stateLines(report),
    '',
    ...field('sweep', [report.sweep]),
    ...field('workload', [
      [head.workload.name, ...head.workload.arguments].join(' '),
      ...programTexts(head, SUM_DIGITS),
    ]),
    ...field('scenario', [head.scenarios.join(', ')]),
    ...field('kernels', [...head.kernels.map(kernelText), ...head.kernelBuilds]),
    ...field(
      'hosts',
      head.hosts.map(({ name, cpuModel }) => [name, cpuModel].filter(Boolean).join(': ')),
    ),
    ...field(
      'environment',
      head.environments.map((each) => `${each.environment}: ${each.note}`),
    ),
    ...field('clocksource', [clocksourceTexts(head).join(', ')]),
    ...field('order', [orderText(head)]),
    ...field('repetitions', [repetitionsText(head)]),
    ...field(
      'waiting',
      head.waiting.map(({ row, reason }) => `${row}: ${reason}`),
    ),
    ...field('meaning', meanings(report)),
  ];
}

function stateLines({ state, progress }: Report): string[] {
  const part = `${progress.trialsEnded} of ${progress.trialsPlanned} trials`;
  const incomplete =
    progress.blocksIncomplete === 0 ? '' : `, ${progress.blocksIncomplete} of them incomplete`;
  const blocks = `${progress.blocksAccepted} of ${progress.blocksPlanned} blocks accepted${incomplete}`;
  switch (state) {
    case 'finished':
      return [`labsweep report: finished, ${part}, ${blocks}`];
    case 'running':
      return [`RUNNING: ${part}; numbers will change`, `labsweep report: ${blocks}`];
    case 'interrupted':
      return [`INTERRUPTED: ${part}; run again to go on`, `labsweep report: ${blocks}`];
    case 'cancelled':
      return [`CANCELLED: ${part}; the rest will not run`, `labsweep report: ${blocks}`];
  }
}

function kernelText({ name, release, source, ...build }: ReportKernel): string {
  const parts = [release === '' ? 'release not seen yet' : release, ...buildWords(build)];
  return `${name}: ${parts.join(', ')}${source === '' ? '' : ` (${source})`}`;
}

function meanings({ metrics }: Report): string[] {
  return metrics
    .filter((metric) => metric.meaning !== '')
    .map((metric) => `${metric.name}: ${metric.meaning}`);
}

/** Key on the first line, one value after the other below it; empty values are left out. */
function field(key: string, values: readonly string[]): string[] {
  return values
    .filter((value) => value !== '')
    .flatMap((value, index) =>
      wrapText(value, { prefix: (index === 0 ? key : '').padEnd(KEY_COLUMNS) }),
    );
}
