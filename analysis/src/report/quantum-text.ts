// SPDX-License-Identifier: Apache-2.0
/** The section that shows the step of printed values beside their spread. */
import type { Quantisation, QuantisedCell } from '../quantisation.js';
import type { Report } from '../report-model.js';
import { formatLevel } from './format-number.js';
import { wrapText } from './page.js';

/** Empty when every metric is printed finely enough. */
export function renderQuantisation(report: Report): string[] {
  const lines = report.rows.flatMap((row) =>
    row.quantisation.flatMap((each) => [
      ...wrapText(`${row.label}, ${each.metric}`, { prefix: '  ' }),
      ...each.cells.flatMap((cell) => wrapText(cellText(each, cell), { prefix: '    ' })),
    ]),
  );
  const title = wrapText(
    'Spread and quantum (standard deviation beside the step in which values are printed; what is ' +
      'smaller than the step cannot be seen)',
  );
  return lines.length === 0 ? [] : [...title, ...lines];
}

function cellText({ quantum, unit }: Quantisation, cell: QuantisedCell): string {
  const { kernel, stdev, halfShare, isFalseZero } = cell;
  const half = Number((quantum / 2).toPrecision(1));
  const share = halfShare === undefined ? '' : ` = ${(halfShare * 100).toFixed(1)}%`;
  // Two digits more than the values have, so that a spread of less than a quantum can be read.
  const spread = formatLevel(stdev, Math.round(-Math.log10(quantum)) + 2);
  const zero = isFalseZero ? ', a false zero' : '';
  return `${kernel} spread ${spread} (quantum ${quantum} ${unit}: +-${half}${share}${zero})`;
}
