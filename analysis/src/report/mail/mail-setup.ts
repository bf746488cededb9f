// SPDX-License-Identifier: Apache-2.0
/**
 * The paragraph of a mail that says on which machines and kernels, set up how and by which plan the
 * numbers came about. Of a table made elsewhere it says where that came from instead.
 */
import type { BlockOrder } from '@labsweep/proto';
import { divisorText } from '../../block-design.js';
import type { Report } from '../../report-model.js';
import type { SweepRecord } from '../../sweep-record.js';
import { blocksText } from '../headline.js';
import { wrapText } from '../page.js';
import { untilText } from '../plan-text.js';
import {
  clocksourceTexts,
  guestSettings,
  hostSettings,
  kernelLines,
  machineLines,
  type SetupFact,
} from '../setup-facts.js';

const ORDERS: Readonly<Record<BlockOrder, string>> = {
  interleaved: 'in an order that the seed shuffles in each block',
  listed: 'in the order listed',
  sandwich: 'the baseline first and last, the others between them by the seed',
};

export function setupLines(record: SweepRecord, report: Report, columns: number): string[] {
  const { head } = report;
  const clocks = clocksourceTexts(head);
  return [
    ...field('Source:', record.provenance ?? [], columns),
    ...field('Machine:', machineLines(record), columns),
    ...field(
      'Setup:',
      [
        factsText(hostSettings(record)),
        ...guestSettings(record).map(({ words, text }) => `guest ${words}: ${text}`),
        clocks.length === 0 ? '' : `clocksource: ${clocks.join(', ')}`,
      ],
      columns,
    ),
    ...field('Kernels:', [...kernelLines(record, report), ...head.kernelBuilds], columns),
    ...field('Plan:', [planSentence(report)], columns),
  ];
}

function planSentence({ head, rows }: Report): string {
  const counts = [...new Set(rows.map((row) => plannedBlocks(row.metrics[0]?.cells)))];
  const blocks = `${counts.map(blocksText).join(' or ')} a row`;
  const pooled = `changes are ratios inside blocks, kernel / ${divisorText(head)}, pooled (Hodges-Lehmann)`;
  if (head.table !== undefined) {
    return (
      `${blocks}, each one repetition on one host; the order of the kernels within a block is not ` +
      `known, and may not have been random; ${pooled}`
    );
  }
  const [atMost, until] =
    head.precision === undefined ? ['', ''] : ['at most ', `, ${untilText(head.precision)}`];
  const turns =
    `every kernel once${head.hasAgain ? ', the baseline twice' : ''}` +
    `${head.repetitions === 1 ? '' : ' in each block'}`;
  return (
    `${atMost}${blocks}${until}; ${turns}, on one host, ${ORDERS[head.order]} ` +
    `(seed ${head.seed}); one value is one boot or run; ${pooled}`
  );
}

function plannedBlocks(cells: readonly { readonly expected: number }[] = []): number {
  return Math.max(0, ...cells.map(({ expected }) => expected));
}

function factsText(facts: readonly SetupFact[]): string {
  return facts.map(({ words, text }) => `${words} ${text}`).join(', ');
}

/** The key before the first value; the others stand below it. */
function field(key: string, values: readonly string[], columns: number): string[] {
  return values
    .filter((value) => value !== '')
    .flatMap((value, index) =>
      wrapText(value, { prefix: (index === 0 ? key : '').padEnd(9), columns }),
    );
}
