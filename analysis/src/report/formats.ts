// SPDX-License-Identifier: Apache-2.0
/**
 * The formats a report can be had in: one list, from which the command line takes names, files and
 * help. Each is a pure function of the record and the report, so the same sweep gives the same
 * bytes wherever it is rendered. Formats that need a library stand with the command line.
 */
import { renderHtml } from './html/render-html.js';
import { renderMail } from './mail/render-mail.js';
import { renderCsv } from './render-csv.js';
import { renderGoBench } from './render-gobench.js';
import { renderJson } from './render-json.js';
import { renderKcidb } from './render-kcidb.js';
import { renderLkp } from './render-lkp.js';
import { renderMarkdown } from './render-markdown.js';
import { renderMmtests } from './render-mmtests.js';
import { renderText } from './render-text.js';
import type { ReportFormat } from './report-format.js';

export const FORMATS: readonly ReportFormat[] = [
  {
    name: 'text',
    fileName: 'report.txt',
    mediaType: 'text/plain; charset=us-ascii',
    describe: 'the whole report for a terminal, 80 columns',
    render: ({ report }) => renderText(report),
  },
  {
    name: 'mail',
    fileName: 'report.mail',
    mediaType: 'text/plain; charset=us-ascii',
    describe: 'a mail for a kernel list, 72 columns',
    render: renderMail,
  },
  {
    name: 'markdown',
    fileName: 'report.md',
    mediaType: 'text/markdown; charset=utf-8',
    describe: 'tables for an issue or a merge request',
    render: renderMarkdown,
  },
  {
    name: 'html',
    fileName: 'report.html',
    mediaType: 'text/html; charset=utf-8',
    describe: 'one self-contained page with the matrix, every value and its intervals',
    render: renderHtml,
  },
  {
    name: 'json',
    fileName: 'results.json',
    mediaType: 'application/json',
    describe: 'report, plan and every outcome as data, with a published schema',
    render: ({ record, report }) => renderJson(record, report),
  },
  {
    name: 'csv',
    fileName: 'results.csv',
    mediaType: 'text/csv; charset=utf-8',
    describe: 'the raw series, one line per trial and metric, failed trials included',
    render: ({ record }) => renderCsv(record),
  },
  {
    name: 'kcidb',
    fileName: 'report.kcidb.json',
    mediaType: 'application/json',
    describe: 'KCIDB 5.3, the data that kernel CI systems share',
    render: renderKcidb,
  },
  {
    name: 'gobench',
    fileName: 'results.bench.txt',
    mediaType: 'text/plain; charset=utf-8',
    describe: 'Go benchmark text, for benchstat',
    render: ({ record, report }) => renderGoBench(record, report),
  },
  {
    name: 'lkp',
    fileName: 'report.lkp.txt',
    mediaType: 'text/plain; charset=us-ascii',
    describe: 'tables in the manner of the kernel test robot',
    render: ({ report }) => renderLkp(report),
  },
  {
    name: 'mmtests',
    fileName: 'report.mmtests.txt',
    mediaType: 'text/plain; charset=us-ascii',
    describe: 'tables in the manner of mmtests',
    render: ({ report }) => renderMmtests(report),
  },
];
