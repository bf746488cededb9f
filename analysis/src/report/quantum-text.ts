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
      ...wrapText(`${row.label}, ${each.metric} (quantum ${each.quantum} ${each.unit})`, {
        prefix: '  ',
      }),
      ...wrapText(each.cells.map((cell) => cellText(each, cell)).join('; '), { prefix: '    ' }),
    ]),
  );
  const title = wrapText(
    'Spread and quantum (standard deviation beside the step in which values are printed, and half ' +
      'a step as a share of the level; what is smaller than the step cannot be seen)',
  );
  return lines.length === 0 ? [] : [...title, ...lines];
}

function cellText({ quantum }: Quantisation, cell: QuantisedCell): string {
  const { kernel, stdev, halfShare, isFalseZero } = cell;
  const half = Number((quantum / 2).toPrecision(1));
  const share = halfShare === undefined ? '' : ` = ${(halfShare * 100).toFixed(1)}%`;
  // Two digits more than the values have, so that a spread of less than a quantum can be read.
  const spread = formatLevel(stdev, Math.round(-Math.log10(quantum)) + 2);
  return `${kernel} spread ${spread} (+-${half}${share}${isFalseZero ? ', a false zero' : ''})`;
}
