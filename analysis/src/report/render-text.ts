// SPDX-License-Identifier: Apache-2.0
/** report.txt: the whole report as ASCII text of at most 80 columns. It computes nothing. */
import type { Metric } from '@labsweep/proto';
import type { Report } from '../report-model.js';
import { renderAttribution } from './attribution-text.js';
import { fullCellText, phaseCellText } from './cell-text.js';
import { renderDecompositions } from './decomposition-text.js';
import { renderGapClosed } from './gap-text.js';
import { renderHead } from './head-text.js';
import { renderKernelTable } from './kernel-table.js';
import { renderNativeVirtual } from './native-virtual-text.js';
import { finishPage } from './page.js';
import { renderQuantisation } from './quantum-text.js';
import { renderStateAudit } from './state-text.js';
import { renderCommands, renderFailures, renderNotes, renderRowStatus } from './status-text.js';
import { renderVerdicts } from './verdict-text.js';

/** Ends with a newline. */
export function renderText(report: Report): string {
  const sections = [
    renderHead(report),
    renderKernelTable(report, {
      metric: report.primary,
      cellText: fullCellText,
      showMarks: true,
    }),
    ...phases(report).map((metric) =>
      renderKernelTable(report, { metric, cellText: phaseCellText }),
    ),
    renderQuantisation(report),
    renderDecompositions(report),
    renderGapClosed(report),
    renderNativeVirtual(report),
    renderStateAudit(report),
    renderAttribution(report),
    renderVerdicts(report),
    renderRowStatus(report),
    renderFailures(report),
    renderCommands(report),
    renderNotes(report),
  ].filter((lines) => lines.length > 0);
  const lines = sections.flatMap((section, index) =>
    index === 0 ? section : ['', '', ...section],
  );
  return `${finishPage(lines).join('\n')}\n`;
}

/** Numbers without a good direction are only recorded; results.csv has them. */
function phases({ metrics, primary }: Report): Metric[] {
  return metrics.filter((metric) => metric.name !== primary.name && metric.direction !== 'none');
}
