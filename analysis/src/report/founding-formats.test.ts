// SPDX-License-Identifier: Apache-2.0
/**
 * The founding sweep in every format: what a reader finds in each of them is held to the numbers
 * that its report published, not to what another of our renderers makes of them.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Sha256, SweepId } from '@labsweep/proto';
import { analyseSweep } from '../analyse-sweep.js';
import { measuredRecord } from '../measurements/measured-record.js';
import { summarise } from '../statistics/summary.js';
import type { SweepRecord } from '../sweep-record.js';
import { LEVEL_READERS, type ReadLevel } from '../testing/format-readers.js';
import { bareMetalSweep } from '../testing/founding-records.js';
import {
  FOUNDING_GAP,
  FOUNDING_PHASES,
  FOUNDING_SERIES,
  foundingSweep,
} from '../testing/founding-sweep.js';
import { compareGolden } from '../testing/golden-file.js';
import { buildRecord } from '../testing/record-builder.js';
import { reference } from '../testing/reference-data.js';
import { parseCsv } from './csv.js';
import { FORMATS } from './formats.js';

const [ITERATION] = FOUNDING_PHASES;

interface PublishedRow {
  readonly smp: number;
  /** Of 6.12, 6.19 and mm-unstable, in ns/page. */
  readonly means: readonly number[];
  readonly medians: readonly number[];
  /** Of mm-unstable against 6.19, and of the gap that it closes, in percent. */
  readonly fasterByMeans: string;
  readonly closedByMeans: string;
  readonly closedByMedians: string;
}

/** What the founding report published. */
const PUBLISHED: readonly PublishedRow[] = [
  {
    smp: 1,
    means: [296.4, 548.6, 498.6],
    medians: [296, 535, 468],
    fasterByMeans: '9.1',
    closedByMeans: '19.8',
    closedByMedians: '28.0',
  },
  {
    smp: 2,
    means: [327.2, 564.8, 488.4],
    medians: [319, 566, 487],
    fasterByMeans: '13.5',
    closedByMeans: '32.2',
    closedByMedians: '32.0',
  },
  {
    smp: 4,
    means: [319.8, 578.2, 505.8],
    medians: [320, 573, 498],
    fasterByMeans: '12.5',
    closedByMeans: '28.0',
    closedByMedians: '29.6',
  },
  {
    smp: 8,
    means: [336.4, 570.4, 508.2],
    medians: [332, 570, 497],
    fasterByMeans: '10.9',
    closedByMeans: '26.6',
    closedByMedians: '30.7',
  },
  {
    smp: 16,
    means: [380, 624, 553.8],
    medians: [392, 629, 557],
    fasterByMeans: '11.3',
    closedByMeans: '28.8',
    closedByMedians: '30.4',
  },
];
const KERNELS = Object.values(FOUNDING_GAP);

function render(name: string, record: SweepRecord): string {
  const format = FORMATS.find((each) => each.name === name);
  assert.ok(format !== undefined, name);
  return String(format.render({ record, report: analyseSweep(record), options: {} }));
}

function readLevels(name: string, record: SweepRecord): ReadLevel[] {
  const read = LEVEL_READERS[name];
  assert.ok(read !== undefined, `no reader of ${name}; add one to format-readers.ts`);
  return read(render(name, record), ITERATION);
}

/** Text without markup and line breaks, as it is read out. */
function plain(text: string): string {
  return text
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/[|\\]/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

/** `assert.match` would print the whole report. */
function assertSays(text: string, pattern: RegExp, where: string): void {
  assert.ok(pattern.test(text), `${where}: nothing matches ${pattern}`);
}

const percent = (fraction: number): string => (fraction * 100).toFixed(1);

test('the founding series are those whose summary was published, phase by phase', (context) => {
  const text = reference(context, 'lab-smp-summary.csv');
  if (text === undefined) return;
  const [header = [], ...lines] = parseCsv(text);
  const { rows } = analyseSweep(tableRecord());
  const held = lines.filter((line) => FOUNDING_PHASES.some((name) => line.includes(name)));
  assert.equal(held.length, 5 * 3 * 4);
  for (const line of held) {
    const read = (column: string): string => line[header.indexOf(column)] ?? '';
    const cell = rows
      .find(({ shape }) => shape.smp === Number(read('cpu')))
      ?.metrics.find(({ metric }) => metric === read('metric'))
      ?.cells.find(({ kernel }) => kernel === read('version'));
    const values = (cell?.values ?? []).map(({ value }) => value);
    // Each boot stands twice in the summary, so its spread is that of twice as many values.
    const found = summarise([...values, ...values]);
    assert.equal(found.n, Number(read('ok_runs')));
    assert.ok(Math.abs(found.mean - Number(read('value'))) < 1e-9);
    assert.equal(found.median, Number(read('median_value')));
    assert.ok(Math.abs((found.cv ?? Number.NaN) - Number(read('cv'))) < 1e-12, line.join());
    assert.ok(Math.abs(found.mad / found.median - Number(read('mad_ratio'))) < 1e-12);
  }
});

for (const { name, fileName } of FORMATS.filter(
  ({ name: each }) => !/json|kcidb|html|csv/.test(each),
)) {
  test(`the founding sweep as ${name} is as it was reviewed`, () => {
    const text = render(name, buildRecord(foundingSweep()));
    compareGolden(`founding-${fileName}.txt`.replace('.txt.txt', '.txt'), text);
  });
}

for (const { name } of FORMATS) {
  test(`${name} has the founding levels`, () => {
    const levels = readLevels(name, buildRecord(foundingSweep()));
    for (const { smp, means, medians } of PUBLISHED) {
      KERNELS.forEach((kernel, index) => {
        const found = levels.find((each) => each.smp === smp && each.kernel === kernel);
        const where = `${kernel} at ${smp} CPUs`;
        // The one cell with a boot of which the summary tells nothing.
        if (smp !== 16 || kernel !== FOUNDING_GAP.good) {
          assert.equal(found?.median, medians[index], where);
        }
        if (found?.mean !== undefined) {
          assert.equal(found.mean.toFixed(1), means[index]?.toFixed(1), where);
        }
      });
    }
  });
}

/** Formats in words, with the shares of the gap in them. */
const IN_WORDS = ['text', 'mail', 'markdown', 'html', 'lkp', 'mmtests'] as const;

for (const name of IN_WORDS) {
  test(`${name} says what the candidate closes of the gap, and which rows stand alone`, () => {
    const text = plain(render(name, buildRecord(foundingSweep())));
    for (const { smp, closedByMeans, closedByMedians } of PUBLISHED) {
      if (smp === 16) continue;
      const inTable = `\\b${closedByMedians}% (qemu-tcg smp [\\w ]+)?\\d+ mean [^%]+%[^\\]]+\\] `;
      const inSentence = `by cells ${closedByMedians}%; mean [^%]+% [^\\]]+\\] n=5, by cells `;
      assertSays(text, new RegExp(`(${inTable}|${inSentence})${closedByMeans}%`), `smp ${smp}`);
    }
    for (const pattern of [
      / 28\.8%/,
      /smp 16\b.* supporting:?(?: -)? 1 of 15 failed, clean after rerun/,
      /excluded:?[^:]*not comparable: AnonHugePages before: 0 kB on 6\.19, 16384 kB on 6\.12/,
      /supporting:?(?: -)? mm-unstable varies by CV 13\.6%, limit 10%/,
      /\bclean: outlier \(kept\)/,
    ]) {
      assertSays(text, pattern, name);
    }
  });
}

test('formats with the values give the founding percentages to whoever computes them', () => {
  for (const name of ['json', 'csv', 'kcidb', 'gobench', 'mmtests']) {
    const levels = readLevels(name, buildRecord(foundingSweep()));
    for (const { smp, fasterByMeans, closedByMeans } of PUBLISHED) {
      const [good = 0, bad = 0, candidate = 0] = KERNELS.map(
        (kernel) => levels.find((each) => each.smp === smp && each.kernel === kernel)?.mean,
      );
      assert.equal(percent((bad - candidate) / bad), fasterByMeans, `${name}, smp ${smp}`);
      assert.equal(percent((bad - candidate) / (bad - good)), closedByMeans, name);
    }
  }
});

test('mmtests itself says by how much the candidate is faster', () => {
  const text = plain(render('mmtests', buildRecord(foundingSweep())));
  for (const { means, fasterByMeans } of PUBLISHED) {
    const mean = means[2]?.toFixed(1).replace('.', '\\.');
    const shown = new RegExp(` ${mean} [(*] ?([\\d.]+)%[)*]`).exec(text)?.[1];
    assert.equal(Number(shown).toFixed(1), fasterByMeans);
  }
});

test('programs read the status of each row, and the lost boot, from the formats for them', () => {
  const record = buildRecord(foundingSweep());
  const { rows } = JSON.parse(render('json', record)).report;
  assert.deepEqual(
    rows.map(({ status }: { status: { kind: string } }) => status.kind),
    ['supporting', 'clean', 'clean', 'clean', 'supporting', 'excluded'],
  );
  assert.equal(rows[4].status.reasons[0], '1 of 15 failed, clean after rerun');
  assert.deepEqual(
    PUBLISHED.map((_, index) => percent(rows[index].gapClosed.byMeans)),
    PUBLISHED.map(({ closedByMeans }) => closedByMeans),
  );
  const { tests } = JSON.parse(render('kcidb', record));
  const lost = tests.filter(({ status }: { status: string }) => status === 'MISS');
  assert.equal(lost.length, 1);
  assert.equal(lost[0].misc.failure, 'truncated');
  const closed = tests.filter(({ misc }: { misc: object }) => 'gap_closed' in misc);
  assert.equal(percent(closed[0].misc.gap_closed.byMedians), '28.0');
  assert.equal(closed[4].misc.row_status.reasons[0], '1 of 15 failed, clean after rerun');
  const csv = render('csv', record).split('\n');
  assert.equal(csv.filter((line) => /,lab-failed,.*,no,truncated,/.test(line)).length, 1);
  const bench = render('gobench', record);
  assertSays(bench, /^# qemu-smp16\/r5\/6\.12 attempt 1: lab-failed: truncated$/m, 'gobench');
  assertSays(bench, /^# qemu-tcg smp 16: supporting: 1 of 15 failed, clean after/m, 'gobench');
});

/** The series as a table that somebody else measured. */
function tableRecord(): SweepRecord {
  return measuredRecord({
    text: readFileSync(FOUNDING_SERIES, 'utf8'),
    fileName: 'founding-series.csv',
    sha256: 'f'.repeat(64) as Sha256,
    sweep: 'founding-series' as SweepId,
    baseline: FOUNDING_GAP.bad,
  });
}

test('without the rerun every published median is in every format, and the row says so', () => {
  const record = tableRecord();
  for (const { name } of FORMATS) {
    const levels = readLevels(name, record);
    for (const { smp, medians } of PUBLISHED) {
      const found = KERNELS.map(
        (kernel) => levels.find((each) => each.smp === smp && each.kernel === kernel)?.median,
      );
      assert.deepEqual(found, medians, `${name}, smp ${smp}`);
    }
  }
  const { status } = analyseSweep(record).rows[4] ?? {};
  assert.equal(status?.reasons[0], '1 of 15 failed, 1 still without a value');
});

test('every format has the levels of the bare metal', (context) => {
  const text = reference(context, 'bare-metal-steps.csv');
  if (text === undefined) return;
  const record = buildRecord(bareMetalSweep(text));
  for (const { name } of FORMATS) {
    const levels = new Map(readLevels(name, record).map((each) => [each.kernel, each.median]));
    assert.deepEqual(
      Object.fromEntries(levels),
      {
        '6.16.0-bm-6.16': 25,
        '6.17.0-bm-6.17': 37,
        '6.18.0-bm-6.18': 38,
        '6.18.19-bm-6.18.19': 38,
        '6.19.9-bm-6.19.9': 37,
      },
      name,
    );
  }
});
