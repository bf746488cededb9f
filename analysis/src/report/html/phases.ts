// SPDX-License-Identifier: Apache-2.0
/** The picture of what carries each clear difference: its parts with their intervals and shares. */
import type { Decomposition } from '../../decompose.js';
import type { Report } from '../../report-model.js';
import type { Estimate } from '../../statistics/estimate.js';
import { decompositionTexts } from '../decomposition-text.js';
import { intervalChart } from './interval-chart.js';
import { element, type Markup } from './markup.js';

/** Empty when no row has anything to share out. */
export function phasePictures(report: Report): Markup[] {
  return report.rows.flatMap(({ label, decompositions }) =>
    decompositions.map((decomposition) => phasePicture(report, { label, decomposition })),
  );
}

function phasePicture(
  { primary }: Report,
  { label, decomposition }: { readonly label: string; readonly decomposition: Decomposition },
): Markup {
  const { kernel, baseline, primaryDifference, parts, unit } = decomposition;
  const texts = decompositionTexts(decomposition, primary.name);
  const labels = [
    `${primary.name} ${texts.difference} (100%)`,
    ...texts.parts.map(({ name, text, share }) => `${name} ${text} (${share})`),
  ];
  const differences = [primaryDifference, ...parts.map(({ difference }) => difference)];
  const rows = differences.map((difference, place) => ({
    label: labels[place] ?? '',
    estimate: difference.median,
    ...boundsOf(difference),
    place,
    hasBar: true,
  }));
  const title = `${label}: ${kernel} - ${baseline}, ${unit}`;
  return element(
    'figure',
    {},
    element('figcaption', {}, title),
    intervalChart(title, rows),
    element(
      'p',
      { class: 'soft' },
      `Medians of block differences with 95 % intervals. The parts sum to ${texts.sum}.`,
    ),
  );
}

function boundsOf({ interval }: Estimate): { readonly low?: number; readonly high?: number } {
  return interval.method === 'none' ? {} : { low: interval.low, high: interval.high };
}
