// SPDX-License-Identifier: Apache-2.0
/**
 * The section on the state of the workload's memory: what was equal on all kernels of a row, and
 * what was not.
 */
import type { Report, ReportRow } from '../report-model.js';
import type { StateCheck, StateSpread } from '../state-gate.js';
import { mappingOfKey, NOT_SEEN, stateText, wordsOfKey } from '../state-words.js';
import { renderAsciiTable } from './ascii-table.js';
import { PAGE_COLUMNS, wrapText } from './page.js';

const SOURCES: Readonly<Record<StateCheck['source'], string>> = {
  audit: 'audit',
  'result-line': 'result lines',
};

/** More equal mappings than this are only counted; the raw results have them all. */
const MAPPINGS_MAX = 2;
/** More differing keys than this are only counted. */
const DIFFERING_MAX = 16;

/** Empty when no trial told anything of its state. */
export function renderStateAudit(report: Report): string[] {
  const lines = report.rows.flatMap((row) => row.state.flatMap((check) => checkLines(row, check)));
  const title = wrapText(
    "State check (of the workload's memory; kernels whose state differs are not compared)",
  );
  return lines.length === 0 ? [] : [...title, ...lines];
}

function checkLines(row: ReportRow, check: StateCheck): string[] {
  const head = `${row.label}, ${sourceText(check)}: `;
  const missing = check.missing.length === 0 ? [] : [`nothing told of ${check.missing.join(', ')}`];
  const stopped = check.differing.some(({ effect }) => effect === 'stops');
  const equal = stopped ? [] : [equalText(check)];
  return [
    ...wrapText(head + [...(stopped ? ['differs'] : []), ...equal, ...missing].join('; '), {
      prefix: '  ',
    }),
    ...(check.differing.length === 0 ? [] : differingTable(check)),
  ];
}

/** `audit of 3 trials`. */
export function sourceText({ source, trials }: StateCheck): string {
  return `${SOURCES[source]} of ${trials} ${trials === 1 ? 'trial' : 'trials'}`;
}

/** One line, not wrapped. */
export function equalText(check: StateCheck): string {
  const seen = check.equal.filter(({ value }) => value !== NOT_SEEN);
  const unseen = check.equal.filter(({ value }) => value === NOT_SEEN);
  const plain = shorten(seen.filter(({ key }) => mappingOfKey(key) === undefined)).join(', ');
  const parts = [plain, ...mappingTexts(seen)].filter((text) => text !== '').join('; ');
  const names = unseen.map(({ key }) => wordsOfKey(key)).join(', ');
  const gap = unseen.length === 0 ? '' : `; not seen: ${names}`;
  return `${placeText(check)}${parts === '' ? '' : `: ${parts}`}${gap}`;
}

/** `mapping 1: Size 65536 kB, Rss 65536 kB`, one for each of the first mappings. */
function mappingTexts(equal: StateCheck['equal']): string[] {
  const byMapping = new Map<string, string[]>();
  for (const { key, value } of equal) {
    const told = mappingOfKey(key);
    if (told === undefined) continue;
    const text = `${told.words} ${stateText(key, value)}`;
    byMapping.set(told.mapping, [...(byMapping.get(told.mapping) ?? []), text]);
  }
  const all = [...byMapping].map(([mapping, texts]) => `${mapping}: ${texts.join(', ')}`);
  const rest = all.length - MAPPINGS_MAX;
  return rest <= 0 ? all : [...all.slice(0, MAPPINGS_MAX), `and ${rest} more mappings`];
}

/** One kernel alone is equal to nothing. */
function placeText({ kernels, missing }: StateCheck): string {
  if (kernels.length === 1) return `seen on ${kernels.join(', ')}`;
  return missing.length === 0 ? 'equal on all kernels' : `equal on ${kernels.join(', ')}`;
}

/** `VMA count 1` where it was 1 before and after, so that one line holds them all. */
function shorten(equal: StateCheck['equal']): string[] {
  const texts = equal.map(({ key, value }) => {
    const before = equal.find((each) => each.key === key.replace(/_after$/, '_before'));
    const isPair = key.endsWith('_after') && before?.value === value;
    const words = wordsOfKey(key);
    return { key, isPair, text: `${words} ${stateText(key, value)}` };
  });
  return texts
    .filter(({ isPair }) => !isPair)
    .map(({ key, text }) => {
      const after = texts.find((each) => each.key === key.replace(/_before$/, '_after'));
      return key.endsWith('_before') && after?.isPair === true
        ? text.replace(' before ', ' before and after ')
        : text;
    });
}

/** Kernels across; one below the other where they do not fit side by side. */
function differingTable(check: StateCheck): string[] {
  const shown = check.differing.slice(0, DIFFERING_MAX);
  const rest = check.differing.length - shown.length;
  const more = rest === 0 ? [] : [`    and ${rest} more keys, in results.json`];
  const table = renderAsciiTable({
    columns: [
      { header: 'state', align: 'left' },
      ...check.kernels.map((kernel) => ({ header: kernel, align: 'left' as const })),
      { header: '', align: 'left' },
    ],
    rows: shown.map((spread) => [
      [wordsOfKey(spread.key)],
      ...spread.values.map(({ value }) => [stateText(spread.key, value)]),
      [spread.effect === 'noted' ? '(noted only)' : ''],
    ]),
    gap: 2,
  }).map((line) => `    ${line}`);
  if (table.every((line) => line.length <= PAGE_COLUMNS)) return [...table, ...more];
  const lines = shown.flatMap((spread) => wrapText(spreadText(spread), { prefix: '    ' }));
  return [...lines, ...more];
}

function spreadText({ key, effect, values }: StateSpread): string {
  const each = values.map(({ kernel, value }) => `${stateText(key, value)} on ${kernel}`);
  return `${wordsOfKey(key)}: ${each.join(', ')}${effect === 'noted' ? ' (noted only)' : ''}`;
}
