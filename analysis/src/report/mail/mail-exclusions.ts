// SPDX-License-Identifier: Apache-2.0
/**
 * What a mail says of everything that is not plain: failed and rerun trials by name, rows that do
 * not stand alone, and the state of the workload's memory. Nothing of it is left out.
 */
import type { Report, ReportRow } from '../../report-model.js';
import type { StateCheck } from '../../state-gate.js';
import { differenceText } from '../../state-gate.js';
import { apartSentence, effectSentence } from '../native-virtual-text.js';
import { wrapText } from '../page.js';
import { equalText, sourceText } from '../state-text.js';
import { failureSentence, statusGroups } from '../status-text.js';

/** Says so, too, where nothing failed. */
export function exclusionLines(report: Report, columns: number): string[] {
  const { failures, head, progress } = report;
  const rerun = report.rows.reduce((sum, { trials }) => sum + trials.rerun, 0);
  if (failures.length === 0) {
    const reruns = rerun === 0 ? '' : `; ${rerun} were run again with their block`;
    const none =
      head.table === undefined
        ? `none of ${progress.trialsPlanned} trials failed${reruns}`
        : `${head.table.fileName} tells of no trial that failed`;
    return wrapText(`Excluded and rerun: ${none}.`, { columns });
  }
  const trials = new Set(failures.map(({ trial }) => trial)).size;
  return [
    ...wrapText(
      `Excluded and rerun: ${trials} of ${progress.trialsPlanned} trials failed at least once; ` +
        `${rerun} were run more than once. A block is run again as a whole.`,
      { columns },
    ),
    ...failures.flatMap((failed) => wrapText(failureSentence(failed), { prefix: '  ', columns })),
  ];
}

/** Rows that are not clean with their reasons, and what else a reader should see of any row. */
export function rowStatusLines(report: Report, columns: number): string[] {
  const told = report.rows.filter(
    ({ status }) => status.kind !== 'clean' || status.remarks.length > 0,
  );
  if (told.length === 0) return ['Rows: all are clean.'];
  return [
    'Rows:',
    ...statusGroups(report).flatMap(({ head, parts }) => [
      ...wrapText(head, { prefix: '  ', columns }),
      ...parts.flatMap((part) => wrapText(part, { prefix: '    - ', columns })),
    ]),
  ];
}

export function stateLines(report: Report, columns: number): string[] {
  const rows = report.rows.filter(({ kernels }) => kernels.length > 1);
  const checked = rows.flatMap((row) => row.state.map((check) => ({ row, check })));
  if (checked.length === 0) {
    return wrapText(
      "State check: none. Neither an audit nor the result lines told of the workload's memory.",
      { columns },
    );
  }
  return [
    "State check (of the workload's memory):",
    ...alikeLines(
      checked.map(({ row, check }) => ({ label: row.label, text: checkText(row, check) })),
      columns,
    ),
  ];
}

/** The same as items of a list under a heading of its own. */
export function stateItems(report: Report): string[] {
  const [first = '', ...others] = stateLines(report, Number.MAX_SAFE_INTEGER);
  return others.length === 0 ? [first] : others.map((line) => line.trimStart());
}

/** Rows of which the same is told share its words. */
function alikeLines(
  told: readonly { readonly label: string; readonly text: string }[],
  columns: number,
): string[] {
  return [...new Set(told.map(({ text }) => text))].flatMap((text) => {
    const labels = told.filter((each) => each.text === text).map(({ label }) => label);
    return wrapText(`${labels.join(', ')}: ${text}`, { prefix: '  ', columns });
  });
}

function checkText(row: ReportRow, check: StateCheck): string {
  const source = sourceText(check);
  const stopped = (row.metrics[0]?.cells ?? []).flatMap(({ kernel, comparison }) => {
    if (comparison.kind !== 'not-comparable') return [];
    const { baseline, differences } = comparison;
    return differences.slice(0, 1).map((each) => differenceText(each, { kernel, baseline }));
  });
  const stops = check.differing.some(({ effect }) => effect === 'stops');
  if (!stops) return `${equalText(check)} (${source})`;
  return `differs (${source})${stopped.length === 0 ? '' : `: ${stopped.join('; ')}`}`;
}

/** Whether guests and the bare machine agree on the primary metric, and which rows were apart. */
export function nativeVirtualLines(report: Report, columns: number): string[] {
  const lines = report.sideBySide.pairs.flatMap(({ native, virtual, hostClass, ...pair }) =>
    (pair.metrics[0]?.effects ?? []).flatMap((effect) =>
      wrapText(
        `${effect.label} over ${pair.reference ?? report.baseline}, ${virtual} against ` +
          `${native} on ${hostClass}: ${effectSentence(effect)}`,
        { prefix: '  ', columns },
      ),
    ),
  );
  const apart = report.sideBySide.apart.flatMap((rows) =>
    wrapText(apartSentence(rows), { prefix: '  ', columns }),
  );
  const all = [...lines, ...apart];
  return all.length === 0 ? [] : ['Native against virtual (never pooled):', ...all];
}
