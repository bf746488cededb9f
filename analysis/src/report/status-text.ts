// SPDX-License-Identifier: Apache-2.0
/**
 * The closing parts of the text report: row status, failures and notes. Nothing of them is left
 * out.
 */
import type { FailedTrial } from '../failed-trials.js';
import type { Report } from '../report-model.js';
import { wrapText } from './page.js';

export function renderRowStatus(report: Report): string[] {
  const width = Math.max(0, ...report.rows.map((row) => row.label.length));
  return [
    'Row status (by the primary metric)',
    ...report.rows.flatMap(({ label, status }) => {
      const sentences = [...status.reasons, ...status.remarks];
      const text = [status.kind, ...(sentences.length === 0 ? [] : [sentences.join('; ')])].join(
        ': ',
      );
      // A long label gets a line of its own, so that the sentences keep room beside it.
      if (width > 40)
        return [...wrapText(label, { prefix: '  ' }), ...wrapText(text, { prefix: '    ' })];
      return wrapText(text, { prefix: `  ${label.padEnd(width)}  ` });
    }),
  ];
}

/** Findings apart from what was our own fault. */
export function renderFailures(report: Report): string[] {
  const findings = report.failures.filter(({ status }) => status === 'subject-failed');
  const faults = report.failures.filter(({ status }) => status === 'lab-failed');
  return [
    ...(findings.length === 0
      ? []
      : ['Findings: the kernel or the reproducer failed', ...findings.flatMap(failureLines)]),
    ...(findings.length > 0 && faults.length > 0 ? [''] : []),
    ...(faults.length === 0
      ? []
      : ['Failures of the lab (not in the statistics)', ...faults.flatMap(failureLines)]),
  ];
}

function failureLines(failed: FailedTrial): string[] {
  return wrapText(
    `${failed.trial} attempt ${failed.attempt} (${failed.standing}) on ${failed.hostName}: ` +
      `${failed.class}: ${failed.message}`,
    { prefix: '  ' },
  );
}

export function renderNotes(report: Report): string[] {
  return ['Notes', ...report.notes.flatMap((note) => wrapText(note, { prefix: '  - ' }))];
}
