// SPDX-License-Identifier: Apache-2.0
/** The section on time inside functions of the kernel, apart from every number that is compared. */
import type { KernelAttribution } from '../attribution.js';
import type { Report } from '../report-model.js';
import { renderAsciiTable, type TableCell } from './ascii-table.js';
import { formatLevel } from './format-number.js';
import { PAGE_COLUMNS, wrapText } from './page.js';

/** Empty when the spec asks for no attribution, or none of it has run. */
export function renderAttribution(report: Report): string[] {
  const lines = report.rows
    .filter(({ attribution }) => attribution.length > 0)
    .flatMap(({ label, attribution }) => [
      ...wrapText(label, { prefix: '  ' }),
      ...table(attribution),
      ...attribution.flatMap(remarks),
    ]);
  const title = wrapText(
    'Attribution (time inside functions of the guest kernel, by ftrace; medians of trials of ' +
      'their own, which are not in the statistics)',
  );
  return lines.length === 0 ? [] : [...title, ...lines];
}

function table(attribution: readonly KernelAttribution[]): string[] {
  const rows = attribution.flatMap(({ kernel, trials, functions }) =>
    functions.map(({ name, hits, timeUs, method }, index): TableCell[] =>
      [
        index === 0 ? kernel : '',
        index === 0 ? String(trials) : '',
        name,
        formatLevel(hits, 0),
        formatLevel(timeUs, 1),
        hits === 0 ? '-' : formatLevel((timeUs / hits) * 1000, 0),
        method,
      ].map((text) => [text]),
    ),
  );
  if (rows.length === 0) return [];
  const lines = renderAsciiTable({
    columns: [
      { header: 'kernel', align: 'left' },
      { header: 'n', align: 'right' },
      { header: 'function', align: 'left' },
      { header: 'hits', align: 'right' },
      { header: 'time us', align: 'right' },
      { header: 'ns/hit', align: 'right' },
      { header: 'method', align: 'left' },
    ],
    rows,
    gap: 2,
  }).map((line) => `    ${line}`);
  if (lines.every((line) => line.length <= PAGE_COLUMNS)) return lines;
  return attribution.flatMap(sentences);
}

/** For names that leave a table no room. */
function sentences({ kernel, functions }: KernelAttribution): string[] {
  return functions.flatMap(({ name, hits, timeUs, method }) =>
    wrapText(
      `${kernel}, ${name}: ${formatLevel(hits, 0)} hits, ${formatLevel(timeUs, 1)} us (${method})`,
      { prefix: '    ' },
    ),
  );
}

function remarks({ kernel, absent, lostEvents, unavailable }: KernelAttribution): string[] {
  const sentences = [
    ...(unavailable === undefined ? [] : [`unavailable, ${unavailable}`]),
    ...(unavailable !== undefined || absent.length === 0
      ? []
      : [`not counted, since its tracer does not know them: ${absent.join(', ')}`]),
    ...(lostEvents === undefined
      ? []
      : [`the tracer lost ${lostEvents} events, so hits and times are too low`]),
  ];
  return sentences.flatMap((text) => wrapText(`${kernel}: ${text}`, { prefix: '    ' }));
}
