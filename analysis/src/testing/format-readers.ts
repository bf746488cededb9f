// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the levels of the primary metric back out of each format of a report, as a reader or a
 * program would, so that a test can hold a format to numbers that it did not make. Formats with raw
 * series only are summarised anew.
 */
import assert from 'node:assert/strict';
import { parseCsv } from '../report/csv.js';
import { summarise } from '../statistics/summary.js';

/** One kernel at one CPU count. */
export interface ReadLevel {
  readonly smp: number;
  readonly kernel: string;
  readonly median: number;
  /** Where the format shows it, or has the values. */
  readonly mean?: number;
}

type Reader = (text: string, metric: string) => ReadLevel[];

/** In the order in which the format has them. */
export const LEVEL_READERS: Readonly<Record<string, Reader>> = {
  text: fromText,
  mail: fromMail,
  markdown: fromMarkdown,
  html: fromHtml,
  json: fromJson,
  csv: fromCsv,
  kcidb: fromKcidb,
  gobench: fromGoBench,
  lkp: fromLkp,
  mmtests: fromMmtests,
};

/** Kernels stand across, and each table has its own. */
function fromText(text: string, metric: string): ReadLevel[] {
  const section = text.slice(text.indexOf(`\n${metric} (`) + 1).split('\n\n\n')[0] ?? '';
  let kernels: string[] = [];
  return section.split('\n').flatMap((line) => {
    // How much of a partial cell is there stands behind its level.
    const [first, second, third, ...words] = line
      .trim()
      .replaceAll(/ \d+\/\d+/g, '')
      .split(/\s+/);
    if (first === 'environment' && second === 'smp') kernels = words;
    if (!/^(qemu|native|scripted)/.test(first ?? '') || third === undefined) return [];
    return kernels.map((kernel, index) => ({
      smp: Number(second),
      kernel,
      median: Number(words[index]),
    }));
  });
}

function fromMail(text: string): ReadLevel[] {
  const tables = text.slice(text.indexOf('\nkernel '), text.indexOf('\n\nVerdicts'));
  return [...tables.matchAll(/^(\S+) +(\d+) +[\d/]+ +([\d.]+) /gm)].map(
    ([, kernel, smp, median]) => ({
      smp: Number(smp),
      kernel: kernel ?? '',
      median: Number(median),
    }),
  );
}

function fromMarkdown(text: string, metric: string): ReadLevel[] {
  const section = text.slice(text.indexOf(`## ${metric} (`)).split('\n\n## ')[0] ?? '';
  const row = /^\| \S+ smp (\d+)[^|]* \| (\S+) \| \d+(?: of \d+)? \| ([\d.]+) \|/gm;
  return [...section.matchAll(row)].map(([, smp, kernel, median]) => ({
    smp: Number(smp),
    kernel: kernel ?? '',
    median: Number(median),
  }));
}

/** A cell's level is its first number that is neither a ratio, an interval nor n. */
function fromHtml(text: string): ReadLevel[] {
  const table = text.slice(text.indexOf('<table class="heat">'), text.indexOf('</table>'));
  const cellsOf = (row: string): string[][] =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell = '']) =>
      cell.split(/<[^>]*>/).filter((each) => each !== ''),
    );
  const [header = '', ...rows] = table.split('<tr>').slice(1);
  const kernels = cellsOf(header)
    .slice(1)
    .map(([name = '']) => name);
  return rows.flatMap((row) => {
    const [[label = ''] = [], ...cells] = cellsOf(row);
    return cells.map((lines, index) => ({
      smp: Number(/smp (\d+)/.exec(label)?.[1]),
      kernel: kernels[index] ?? '',
      median: Number(lines.find((line) => /^[\d.]+$/.test(line))),
    }));
  });
}

interface JsonRow {
  readonly shape: { readonly smp: number };
  readonly metrics: readonly {
    readonly metric: string;
    readonly cells: readonly {
      readonly kernel: string;
      readonly summary: { readonly median: number; readonly mean: number };
    }[];
  }[];
}

function fromJson(text: string, metric: string): ReadLevel[] {
  const { rows } = JSON.parse(text).report as { readonly rows: readonly JsonRow[] };
  return rows.flatMap(({ shape, metrics }) =>
    (metrics.find((each) => each.metric === metric)?.cells ?? []).map(({ kernel, summary }) => ({
      smp: shape.smp,
      kernel,
      median: summary.median,
      mean: summary.mean,
    })),
  );
}

function fromCsv(text: string, metric: string): ReadLevel[] {
  const [header = [], ...lines] = parseCsv(text);
  return levelsOf(
    lines
      .map((line) => (column: string) => line[header.indexOf(column)] ?? '')
      .filter((read) => read('accepted') === 'yes' && read('metric') === metric)
      .map((read) => ({
        row: read('row'),
        smp: Number(read('smp')),
        kernel: read('kernel'),
        value: Number(read('value')),
      })),
  );
}

interface KcidbTest {
  readonly build_id: string;
  readonly path: string;
  readonly number?: { readonly value: number };
  readonly environment: { readonly misc: { readonly smp: number } };
  readonly misc: { readonly accepted?: string; readonly block?: string };
}

/** A build's id ends in the name of its kernel. */
function fromKcidb(text: string, metric: string): ReadLevel[] {
  const { tests, checkouts } = JSON.parse(text) as {
    readonly tests: readonly KcidbTest[];
    readonly checkouts: readonly { readonly id: string; readonly comment: string }[];
  };
  const names = new Map(checkouts.map(({ id, comment }) => [id, comment.split(': ')[0] ?? '']));
  return levelsOf(
    tests
      .filter(({ path, misc }) => path.endsWith(`.${metric}`) && misc.accepted === 'yes')
      .map(({ build_id, number, environment, misc }) => ({
        row: (misc.block ?? '').split('/')[0] ?? '',
        smp: environment.misc.smp,
        kernel: names.get(build_id) ?? '',
        value: number?.value ?? Number.NaN,
      })),
  );
}

function fromGoBench(text: string, metric: string): ReadLevel[] {
  const lines = text.split('\n').filter((line) => line.startsWith('Benchmark'));
  return levelsOf(
    lines.map((line) => {
      const [name = '', , ...values] = line.split(' ');
      const keys = new Map(
        name.split('/').map((part) => {
          const [key = '', ...rest] = part.split('=');
          return [key, rest.join('=')];
        }),
      );
      return {
        row: keys.get('row') ?? '',
        smp: Number(keys.get('smp')),
        kernel: keys.get('kernel') ?? '',
        value: Number(values[values.indexOf(metric) - 1]),
      };
    }),
  );
}

/** One table for each kernel, beside the baseline. */
function fromLkp(text: string, metric: string): ReadLevel[] {
  return text
    .split(/^=+$/m)
    .slice(1)
    .flatMap((table) => {
      const smp = Number(/testcase:\n +\S+?\/(\d+)\//.exec(table)?.[1]);
      const [, baseline = '', kernel = ''] =
        /commit:\n {2}(\S+)(?: \(.*\))?\n {2}(\S+)/.exec(table) ?? [];
      const line = table.split('\n').find((each) => each.endsWith(`.${metric}`)) ?? '';
      const [base, other] = line.matchAll(/(?<![+\-\d.])\d+\.\d+(?![%\d])/g);
      return [
        { smp, kernel: baseline, median: Number(base?.[0]) },
        { smp, kernel, median: Number(other?.[0]) },
      ];
    });
}

/** Statistics down, kernels across. */
function fromMmtests(text: string, metric: string): ReadLevel[] {
  let smp = Number.NaN;
  return text.split('\n\n').flatMap((block) => {
    const lines = block.split('\n');
    // A row's name stands above the first of its tables only.
    smp = Number(/^\S+ smp (\d+)/.exec(lines[0] ?? '')?.[1] ?? smp);
    const header = lines[lines.findIndex((line) => /^Min /.test(line)) - 1] ?? '';
    const kernels = header.trim().split(/\s+/);
    const read = (statistic: string): number[] => {
      const line = lines.find((each) => new RegExp(`^${statistic} +${metric} `).test(each)) ?? '';
      return [...line.matchAll(/ ([\d.]+) [(*]/g)].map(([, value]) => Number(value));
    };
    const [medians, means] = [read('Median'), read('Amean')];
    return medians.map((median, index) => {
      const mean = means[index];
      assert.ok(mean !== undefined, block);
      return { smp, kernel: kernels[index] ?? '', median, mean };
    });
  });
}

interface ReadValue {
  readonly row: string;
  readonly smp: number;
  readonly kernel: string;
  readonly value: number;
}

/** Of raw series: by row and kernel, in the order in which they come. */
export function levelsOf(values: readonly ReadValue[]): ReadLevel[] {
  const cells = new Map<string, ReadValue[]>();
  for (const each of values) {
    const key = `${each.row} ${each.kernel}`;
    cells.set(key, [...(cells.get(key) ?? []), each]);
  }
  return [...cells.values()].flatMap((cell) => {
    const [first] = cell;
    if (first === undefined) return [];
    const { median, mean } = summarise(cell.map(({ value }) => value));
    return [{ smp: first.smp, kernel: first.kernel, median, mean }];
  });
}
