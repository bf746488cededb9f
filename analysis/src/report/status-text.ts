// SPDX-License-Identifier: Apache-2.0
/**
 * The closing parts of the text report: row status, failures and notes. Nothing of them is left
 * out.
 */
import type { FailedTrial } from '../failed-trials.js';
import type { Report, ReportRow } from '../report-model.js';
import type { RowStatus } from '../row-status.js';
import { wrapText } from './page.js';

export function renderRowStatus(report: Report): string[] {
  const width = Math.max(0, ...report.rows.map((row) => row.label.length));
  return [
    'Row status (by the primary metric)',
    ...report.rows.flatMap(({ label, status }) => {
      const text = statusSentence(status);
      // A long label gets a line of its own, so that the sentences keep room beside it.
      if (width > 40)
        return [...wrapText(label, { prefix: '  ' }), ...wrapText(text, { prefix: '    ' })];
      return wrapText(text, { prefix: `  ${label.padEnd(width)}  ` });
    }),
  ];
}

/** `supporting: 1 of 15 failed, clean after rerun`: the kind, then reasons and remarks. */
export function statusSentence({ kind, reasons, remarks }: RowStatus): string {
  const why = [...reasons, ...remarks].join('; ');
  return why === '' ? kind : `${kind}: ${why}`;
}

/** Rows of which the same is told, with each reason and remark on its own. */
export interface StatusGroup {
  /** `row 1, row 2: supporting`; a single part stands behind it. */
  readonly head: string;
  /** Reasons, then remarks, where there are several. */
  readonly parts: readonly string[];
}

/** In the order of the rows. */
export function statusGroups({ rows }: Report): StatusGroup[] {
  const groups = new Map<string, ReportRow[]>();
  for (const row of rows) {
    const sentence = statusSentence(row.status);
    groups.set(sentence, [...(groups.get(sentence) ?? []), row]);
  }
  return [...groups.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const { kind, reasons, remarks } = first.status;
    const parts = [...reasons, ...remarks];
    const head = `${alike.map(({ label }) => label).join(', ')}: ${kind}`;
    if (parts.length < 2) return [{ head: [head, ...parts].join(': '), parts: [] }];
    return [{ head, parts }];
  });
}

/** Findings apart from what was our own fault. */
export function renderFailures(report: Report): string[] {
  const findings = report.failures.filter(({ status }) => status === 'subject-failed');
  const faults = report.failures.filter(({ status }) => status === 'lab-failed');
  return [
    ...(findings.length === 0
      ? []
      : ['Findings: the kernel or the reproducer failed', ...failureLines(findings)]),
    ...(findings.length > 0 && faults.length > 0 ? [''] : []),
    ...(faults.length === 0
      ? []
      : ['Failures of the lab (not in the statistics)', ...failureLines(faults)]),
  ];
}

/** What became of the attempt. */
const ENDS: Readonly<Record<FailedTrial['standing'], string>> = {
  replaced: 'its block was run again',
  accepted: 'it has no value',
  undecided: 'its block is not decided yet',
};

/** More failures of one class than this share one message; the others are in the raw results. */
const MESSAGES_PER_CLASS_MAX = 4;

/** Every failed trial is named, however many there are. */
function failureLines(failures: readonly FailedTrial[]): string[] {
  const classes = [...new Set(failures.map((failed) => failed.class))];
  return classes.flatMap((name) => {
    const alike = failures.filter((failed) => failed.class === name);
    const [first] = alike;
    if (first === undefined || alike.length <= MESSAGES_PER_CLASS_MAX) {
      return alike.flatMap((failed) =>
        wrapText(`${nameOf(failed)}: ${failed.class}: ${failed.message}`, { prefix: '  ' }),
      );
    }
    return [
      ...wrapText(`${name}, ${alike.length} times; the first: ${first.message}`, { prefix: '  ' }),
      ...wrapText(alike.map(nameOf).join(', '), { prefix: '    ' }),
    ];
  });
}

function nameOf({ trial, attempt, standing, hostName }: FailedTrial): string {
  return `${trial} attempt ${attempt} on ${hostName} (${ENDS[standing]})`;
}

/** For lists: what failed, whose fault it was, and what became of it. */
export function failureSentence(failed: FailedTrial): string {
  const { status, class: name, message } = failed;
  const whose =
    status === 'subject-failed' ? 'the kernel or the reproducer failed' : 'a fault of the lab';
  return `${nameOf(failed)}: ${name}, ${whose}: ${message}`;
}

/** Who changed what after the submission; most sweeps have nothing of it. */
export function renderCommands({ commands }: Report): string[] {
  if (commands.length === 0) return [];
  const lines = commands.flatMap((line) => wrapText(line, { prefix: '  ' }));
  return ['Commands after the submission', ...lines];
}

/** What else a change may come from, for formats without the other notes; empty without any. */
export function confounderLines({ confounders }: Report, columns: number): string[] {
  const lines = confounders.flatMap((note) => wrapText(note, { prefix: '  - ', columns }));
  return lines.length === 0 ? [] : ['Notes:', ...lines];
}

export function renderNotes(report: Report): string[] {
  return ['Notes', ...report.notes.flatMap((note) => wrapText(note, { prefix: '  - ' }))];
}
