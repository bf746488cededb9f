// SPDX-License-Identifier: Apache-2.0
/** The picture of what carries each clear difference: its parts with their intervals and shares. */
import type { Decomposition } from '../../decompose.js';
import type { Report } from '../../report-model.js';
import type { Estimate } from '../../statistics/estimate.js';
import { differenceText, shortName } from '../decomposition-text.js';
import { decimalsFor, formatDifference, formatShare } from '../format-number.js';
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
  const { kernel, baseline, primaryDifference, parts, sum, sumShare, unit } = decomposition;
  const decimals = Math.min(decimalsFor([primaryDifference.median]), 3);
  const rows = [
    { name: primary.name, difference: primaryDifference, share: 1 },
    ...parts.map(({ metric, difference, share }) => ({
      name: shortName(metric, primary.name),
      difference,
      share,
    })),
  ].map(({ name, difference, share }, place) => ({
    label: `${name} ${differenceText(difference, decimals)} (${formatShare(share)})`,
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
      `Medians of block differences with 95 % intervals. The parts sum to ` +
        `${formatDifference(sum, decimals)} (${formatShare(sumShare)}).`,
    ),
  );
}

function boundsOf({ interval }: Estimate): { readonly low?: number; readonly high?: number } {
  return interval.method === 'none' ? {} : { low: interval.low, high: interval.high };
}
