// SPDX-License-Identifier: Apache-2.0
/** One line for each clear difference: which of the other metrics carry it. */
import type { Decomposition } from '../decompose.js';
import type { Report } from '../report-model.js';
import type { Estimate } from '../statistics/estimate.js';
import { decimalsFor, formatDifference, formatRange, formatShare } from './format-number.js';
import { wrapText } from './page.js';

/** Empty when no row has anything to share out. */
export function renderDecompositions(report: Report): string[] {
  const lines = report.rows.flatMap((row) =>
    row.decompositions.flatMap((decomposition) =>
      wrapText(
        `${row.label}, ${decomposition.kernel} - ${decomposition.baseline}: ` +
          sentence(decomposition, report.primary.name),
        { prefix: '  ' },
      ),
    ),
  );
  const title = wrapText(
    `What carries the difference in ${report.primary.name} (${report.primary.unit}; medians of ` +
      'block differences with 95% intervals)',
  );
  return lines.length === 0 ? [] : [...title, ...lines];
}

function sentence(decomposition: Decomposition, primaryName: string): string {
  const { difference, parts, sum } = decompositionTexts(decomposition, primaryName);
  const each = parts.map(({ name, text, share }) => `${name} ${text} (${share})`);
  return `${difference} = ${each.join(', ')}; sum ${sum}`;
}

/** The numbers of a decomposition as all formats show them. */
export interface DecompositionTexts {
  /** `+259.3 [+239.8, +282.7]`, of the primary metric. */
  readonly difference: string;
  readonly parts: readonly {
    readonly name: string;
    readonly text: string;
    readonly share: string;
  }[];
  /** `+259.3 (100%)`, of the parts. */
  readonly sum: string;
}

export function decompositionTexts(
  { primaryDifference, parts, sum, sumShare }: Decomposition,
  primaryName: string,
): DecompositionTexts {
  const decimals = Math.min(decimalsFor([primaryDifference.median]), 3);
  return {
    difference: differenceText(primaryDifference, decimals),
    parts: parts.map(({ metric, difference, share }) => ({
      name: shortName(metric, primaryName),
      text: differenceText(difference, decimals),
      share: formatShare(share),
    })),
    sum: `${formatDifference(sum, decimals)} (${formatShare(sumShare)})`,
  };
}

/** `+119.1 [+110.5, +129.7]`. */
function differenceText({ median, interval }: Estimate, decimals: number): string {
  const text = (value: number): string => formatDifference(value, decimals);
  if (interval.method === 'none') return text(median);
  return `${text(median)} ${formatRange(text(interval.low), text(interval.high))}`;
}

/**
 * `protect` for `protect_ns_per_page` beside `iteration_ns_per_page`: the common ending says
 * nothing.
 */
function shortName(name: string, primaryName: string): string {
  const endings = [...name.matchAll(/_/g)].map(({ index }) => name.slice(index));
  const common = endings.find((ending) => primaryName.endsWith(ending));
  const short = common === undefined ? name : name.slice(0, -common.length);
  return short === '' ? name : short;
}
