// SPDX-License-Identifier: Apache-2.0
/**
 * Every format of one sweep against a file in testdata, what all of them have in common, and the
 * grammar of those that other programs read.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from '../analyse-sweep.js';
import type { SweepRecord } from '../sweep-record.js';
import { compareGolden } from '../testing/golden-file.js';
import { buildRecord } from '../testing/record-builder.js';
import { reportSweep } from '../testing/report-sweeps.js';
import { qemuRow, statedSweep } from '../testing/sample-records.js';
import { FORMATS } from './formats.js';
import { escapeMarkdown } from './render-markdown.js';

const HOSTILE = `v6<script>alert("1")</script>|\`*_[x](http://evil.example)&'\u0007é`;

function render(name: string, record: SweepRecord): string {
  const format = FORMATS.find((each) => each.name === name);
  assert.ok(format !== undefined, name);
  return String(format.render({ record, report: analyseSweep(record), options: {} }));
}

for (const name of ['markdown', 'html', 'lkp', 'mmtests', 'gobench'] as const) {
  test(`the report as ${name} is as it was reviewed`, () => {
    const format = FORMATS.find((each) => each.name === name);
    compareGolden(
      `${format?.fileName}.txt`.replace('.txt.txt', '.txt'),
      render(name, reportSweep()),
    );
  });
}

test('each format has a name and a file of its own', () => {
  for (const key of ['name', 'fileName'] as const) {
    const all = FORMATS.map((format) => format[key]);
    assert.deepEqual(all, [...new Set(all)]);
  }
});

test('every format renders a sweep at any stage, twice the same', () => {
  const stages = [
    reportSweep(),
    reportSweep({ state: 'running', entriesMax: 31 }),
    reportSweep({ state: 'interrupted', entriesMax: 0 }),
    buildRecord(statedSweep({ a: [1] })),
    buildRecord(statedSweep({ a: [0, 0], b: [0, 1] })),
  ];
  for (const record of stages) {
    for (const { name } of FORMATS) {
      const text = render(name, record);
      assert.equal(text, render(name, record), name);
      assert.ok(text.endsWith('\n'), name);
      assert.doesNotMatch(text, /undefined|NaN|\[object/, name);
    }
  }
});

test('every format but the table of a terminal carries each raw value', () => {
  const record = reportSweep();
  const values = analyseSweep(record).rows.flatMap((row) =>
    (row.metrics[0]?.cells ?? []).flatMap((cell) => cell.values.map(({ value }) => value)),
  );
  for (const { name } of FORMATS.filter((format) => format.name !== 'text')) {
    const text = render(name, record);
    assert.deepEqual(
      values.filter((value) => !text.includes(String(value))),
      [],
      name,
    );
  }
});

test('no name can become markup', () => {
  const rows = [qemuRow(1, { kernels: ['old', HOSTILE] })];
  const series = [10, 11, 12, 10.5, 11.5, 10.2];
  const record = buildRecord(
    statedSweep({ old: series, [HOSTILE]: series.map((each) => each * 2) }, { rows }),
  );
  const html = render('html', record);
  assert.doesNotMatch(html, /<script|alert\("1"\)/);
  assert.ok(!html.includes('\u0007'));
  assert.match(html, /v6&lt;script&gt;alert\(&quot;1&quot;\)/);
  const markdown = render('markdown', record);
  assert.doesNotMatch(markdown, /(?<!\\)<script|(?<!\\)\[x\]|http:\/\/evil/);
  for (const row of markdown.split('\n').filter((line) => line.startsWith('| qemu-tcg'))) {
    assert.equal(row.split(/(?<!\\)\|/).length, 12, row);
  }
});

test('what has a meaning in Markdown loses it', () => {
  assert.equal(escapeMarkdown('a|b*c_d`e _f_'), 'a\\|b\\*c_d\\`e \\_f\\_');
  assert.equal(escapeMarkdown('<b>&amp; @who #12'), '\\<b\\>&amp;amp; @<!-- -->who #<!-- -->12');
  assert.equal(escapeMarkdown('[a](b) [+1, +2]'), '\\[a\\](b) [+1, +2]');
  assert.equal(escapeMarkdown('- item'), '\\- item');
  assert.equal(escapeMarkdown('1. item'), '1\\. item');
  assert.equal(escapeMarkdown('# head'), '\\# head');
  assert.equal(escapeMarkdown('two\nlines'), 'two lines');
});

test('the page needs nothing from anywhere, and no script', () => {
  const html = render('html', reportSweep());
  assert.doesNotMatch(html, /<(script|link|img|iframe|object|embed|base|form)\b|@import|url\(/i);
  assert.doesNotMatch(html, /<[^>]*\s(src|href|action|on\w+)=/i);
  assert.match(html, /prefers-color-scheme:dark/);
  assert.match(html, /^<!DOCTYPE html>\n<html lang="en">/);
  const opened = [...html.matchAll(/<(?!meta|br|!)([a-z0-9]+)[\s>]/g)].map(([, name]) => name);
  const closed = [...html.matchAll(/<\/([a-z0-9]+)>/g)].map(([, name]) => name);
  assert.deepEqual(opened.toSorted(), closed.toSorted());
});

test('a cell with failures is hatched, and none is blank', () => {
  const html = render('html', reportSweep());
  const cells = [...html.matchAll(/<td class="([^"]*hatch[^"]*)"><b>([^<]*)<\/b>(.*?)<\/td>/g)];
  assert.ok(cells.some(([, , , rest]) => rest?.includes('1 failed')));
  assert.doesNotMatch(html, /<td[^>]*><\/td>/);
});

test('worse is never shown as better, whichever way the metric runs', () => {
  const series = [10, 11, 12, 10.5, 11.5, 10.2, 10.1];
  const colours = (direction: 'lower' | 'higher' | 'none') => {
    const metrics = [{ name: 'ns', unit: 'ns', direction, meaning: '' }];
    const doubled = series.map((each) => each * 2);
    const html = render(
      'html',
      buildRecord(statedSweep({ old: series, new: doubled }, { metrics })),
    );
    const matrix = html.slice(html.indexOf('<tbody>'), html.indexOf('</tbody>'));
    return /<td class="(\w)\d"/.exec(matrix)?.[1];
  };
  assert.deepEqual([colours('lower'), colours('higher'), colours('none')], ['w', 'g', 'c']);
});

test('Go benchmark text has the grammar that benchstat reads', () => {
  const lines = render('gobench', reportSweep()).split('\n');
  const results = lines.filter((line) => line.startsWith('Benchmark'));
  // 10 blocks of 3, 3 and 2 kernels, less the one that has no value.
  assert.equal(results.length, 79);
  for (const line of results) {
    const fields = line.split(/\s+/);
    assert.ok(fields.length >= 4 && fields.length % 2 === 0, line);
    assert.match(fields[0] ?? '', /^Benchmark[A-Z]\w*(\/[a-z]+=[^/\s]+)+$/);
    assert.doesNotMatch(fields[0] ?? '', /-\d+$/);
    assert.equal(fields[1], '1');
    const values = fields.slice(2).filter((_, index) => index % 2 === 0);
    assert.ok(values.every((value) => Number.isFinite(Number(value))));
    const units = fields.slice(2).filter((_, index) => index % 2 === 1);
    assert.equal(new Set(units).size, units.length);
  }
  const others = lines.filter((line) => line !== '' && !line.startsWith('Benchmark'));
  for (const line of others) assert.match(line, /^(# |Unit \S+ better=(lower|higher)$|[a-z]+: )/);
});

test('tables of the kernel test robot keep its columns', () => {
  const lines = render('lkp', reportSweep()).split('\n');
  const rows = lines.filter((line) => /\.[a-z_]+_ns_per_page$/.test(line));
  assert.equal(rows.length, 5 * 4);
  for (const row of rows) {
    assert.match(row, /^.{10}( \+-..%|.{6}) .{10}% .{10}( \+-..%|.{6}) {2}mprotect-shared-dirty\./);
  }
  assert.ok(lines.includes('         %stddev     %change         %stddev'));
  assert.ok(lines.some((line) => /^ +:10 +10% +1:10 +mprotect-shared-dirty\.panic$/.test(line)));
});
