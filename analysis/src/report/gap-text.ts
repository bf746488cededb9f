// SPDX-License-Identifier: Apache-2.0
/** The table of gap closed, with warnings where mean and median tell different stories. */
import type { GapClosed } from '../gap-closed.js';
import type { Report, ReportRow } from '../report-model.js';
import { renderAsciiTable, type TableColumn } from './ascii-table.js';
import { formatRange, formatShare } from './format-number.js';
import { PAGE_COLUMNS, wrapText } from './page.js';

export const GAP_COLUMNS: readonly TableColumn[] = [
  { header: 'row', align: 'left' },
  { header: 'n', align: 'right' },
  { header: 'of', align: 'left' },
  { header: 'closed', align: 'right' },
  { header: '95% CI', align: 'left' },
  { header: 'by cells', align: 'right' },
];

type GapRow = Pick<ReportRow, 'label' | 'gapClosed'>;

/** Empty when the spec names no gap. */
export function renderGapClosed(report: Report, columns = PAGE_COLUMNS): string[] {
  const { gap } = report;
  if (gap === undefined) return [];
  const rows = report.rows.filter((row) => row.kernels.length > 1);
  return [
    ...wrapText(`Gap closed by ${gap.candidate}, ${gapMeaning(report)}`, { columns }),
    ...tableLines(rows.flatMap(gapRows), columns),
    ...rows.flatMap((row) =>
      gapRemarks(row).flatMap((remark) => wrapText(remark, { prefix: '  ', columns })),
    ),
  ];
}

/** What is divided by what, and over what it is taken. */
export function gapMeaning({ gap, primary, rows }: Report): string {
  if (gap === undefined) return '';
  const [bootstrap] = rows.flatMap(({ gapClosed }) =>
    gapClosed?.kind === 'closed' && gapClosed.bootstrap ? [gapClosed.bootstrap] : [],
  );
  const resampled =
    bootstrap === undefined
      ? ''
      : `; percentile and BCa: that ratio's interval by ${bootstrap.draws} bootstrap draws of ` +
        `blocks (Efron 1987, Hesterberg 2015), seed ${bootstrap.seed}`;
  return (
    `${primary.name}: (${gap.bad} - ${gap.candidate}) / (${gap.bad} - ${gap.good}) inside blocks; ` +
    'median of the blocks, ratio of their means (Fieller 1954), beside them the same by cells' +
    resampled
  );
}

/**
 * The texts of `GAP_COLUMNS`: the median's line, the mean's, then the mean's by bootstrap; none
 * where it is refused.
 */
export function gapRows({ label, gapClosed }: GapRow): string[][] {
  if (gapClosed?.kind !== 'closed') return [];
  const { fraction, ofMeans, byMeans, byMedians } = gapClosed;
  const { n, interval } = fraction;
  const medianRange = interval.method === 'none' ? interval.reason : rangeText(interval);
  const { percentile, bca } = gapClosed.bootstrap ?? {};
  const resampled = [
    ['percentile', percentile],
    ['BCa', bca],
  ] as const;
  const mean = shareText(ofMeans.ratio);
  return [
    [label, String(n), 'median', shareText(fraction.median), medianRange, shareText(byMedians)],
    [label, String(n), 'mean', mean, rangeText(ofMeans), shareText(byMeans)],
    ...resampled.flatMap(([name, range]) =>
      range === undefined ? [] : [[label, String(n), name, mean, rangeText(range), '-']],
    ),
  ];
}

/** Why there is no share, and that mean and median disagree; each names its row. */
export function gapRemarks({ label, gapClosed }: GapRow): string[] {
  if (gapClosed?.kind === 'refused') return [`${label}: refused, ${gapClosed.reason}`];
  if (gapClosed?.storyDistancePoints === undefined) return [];
  return [
    `WARNING ${label}: mean and median tell different stories, ` +
      `${gapClosed.storyDistancePoints.toFixed(1)} points apart; look at the raw series`,
  ];
}

/** `median 28.0% [26.0%, 29.1%] n=5, by cells 28.0%`, then the mean. */
export function gapSentence(gapClosed: GapClosed): string {
  if (gapClosed.kind === 'refused') return `refused, ${gapClosed.reason}`;
  const { bootstrap } = gapClosed;
  const drawn =
    bootstrap === undefined ? [] : [`${bootstrap.draws} bootstrap draws, seed ${bootstrap.seed}`];
  const centres = gapRows({ label: '', gapClosed }).map(
    ([, n, of, share, range, cells]) =>
      `${of} ${share} ${range} n=${n}${cells === '-' ? '' : `, by cells ${cells}`}`,
  );
  return [...centres, ...drawn].join('; ');
}

/** Set as a table where it fits; else a line of words for each row. */
function tableLines(rows: readonly (readonly string[])[], columns: number): string[] {
  if (rows.length === 0) return [];
  // The row's name stands once, on the line of the median.
  const shown = rows.map(([label = '', ...texts], index) =>
    [label === rows[index - 1]?.[0] ? '' : label, ...texts].map((text) => [text]),
  );
  const lines = renderAsciiTable({ columns: GAP_COLUMNS, rows: shown, gap: 2 }).map(
    (line) => `  ${line}`,
  );
  if (lines.every(({ length }) => length <= columns)) return lines;
  const words = GAP_COLUMNS.slice(1).map(({ header }) => header);
  return rows.flatMap(([label = '', ...texts]) =>
    wrapText(`${label}: ${texts.map((text, index) => `${words[index]} ${text}`).join(', ')}`, {
      prefix: '  ',
      columns,
    }),
  );
}

function shareText(value: number | undefined): string {
  return value === undefined ? '-' : formatShare(value, 1);
}

function rangeText({ low, high }: { readonly low: number; readonly high: number }): string {
  return formatRange(shareText(low), shareText(high));
}
