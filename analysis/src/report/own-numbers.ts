// SPDX-License-Identifier: Apache-2.0
/**
 * What the tables of other tools have no column for: the interval and the verdict of each change,
 * what a candidate closes of the gap, whether the row can stand alone, and the raw series. It goes
 * below such a table, so that no percentage stands without them.
 */
import type { Metric } from '@labsweep/proto';
import type { Cell } from '../cell.js';
import type { Report, ReportRow } from '../report-model.js';
import { rowFloorSentences } from './floor-text.js';
import { formatSignedChange } from './format-number.js';
import { gapSentence } from './gap-text.js';
import { wrapText } from './page.js';
import { cellsOf, rawSeriesLines } from './raw-series.js';
import { confounderLines, statusSentence } from './status-text.js';
import { judgementText } from './verdict-text.js';

/** Numbers without a good direction are only recorded. */
export function comparedMetrics({ metrics, primary }: Report): Metric[] {
  return metrics.filter(({ name, direction }) => name === primary.name || direction !== 'none');
}

/**
 * For one row: each kernel's changes with 95 % intervals, the verdict and its reasons behind the
 * primary one; the gap closed, where the spec names one; the noise floor; the row's status.
 */
export function ownLines(
  report: Report,
  { row, columns }: { readonly row: ReportRow; readonly columns: number },
): string[] {
  const { gap } = report;
  const sentences = [
    ...comparedMetrics(report).flatMap(({ name }) =>
      cellsOf(row, name)
        .filter(({ comparison }) => comparison.kind !== 'baseline')
        .map((cell) => `${cell.kernel}, ${name}: ${cellSentence(cell)}`),
    ),
    ...(gap === undefined || row.gapClosed === undefined
      ? []
      : [
          `gap (${gap.bad} - ${gap.good}) closed by ${gap.candidate}: ` +
            gapSentence(row.gapClosed),
        ]),
    ...rowFloorSentences(report, row),
    `row: ${statusSentence(row.status)}`,
  ];
  return sentences.flatMap((sentence) => wrapText(sentence, { prefix: '  ', columns }));
}

function cellSentence({ comparison, judgement }: Cell): string {
  const verdict = judgement === undefined ? '' : `: ${judgementText(judgement)}`;
  switch (comparison.kind) {
    case 'baseline':
      return 'the baseline';
    case 'compared': {
      const { size, range } = formatSignedChange(comparison.changePercent);
      return `${size} ${range} n=${comparison.ratio.n}${verdict}`;
    }
    case 'not-comparable':
      return `not comparable, ${comparison.cause} differs`;
    case 'not-compared':
      return `not compared (${comparison.reason.replaceAll('-', ' ')})`;
  }
}

/** What else a change may come from, a blank line before it. */
export function noteLines(report: Report, columns: number): string[] {
  const lines = confounderLines(report, columns);
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Of every metric, in the order of the spec. */
export function allRawSeries(report: Report, columns: number): string[] {
  return report.metrics.flatMap(({ name }) => {
    const lines = rawSeriesLines(report, { metric: name, columns });
    if (lines.length === 0) return [];
    return [
      '',
      ...wrapText(`raw series of ${name}, by repetition ("-": no value)`, { columns }),
      ...lines,
    ];
  });
}
