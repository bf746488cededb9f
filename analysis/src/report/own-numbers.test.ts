// SPDX-License-Identifier: Apache-2.0
/**
 * What the tables of other tools have no column for stands beside them all the same: noise floor,
 * reasons, outliers; and no percentage that hosts of unlike levels would make up.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyseSweep } from '../analyse-sweep.js';
import type { SweepRecord } from '../sweep-record.js';
import { buildRecord } from '../testing/record-builder.js';
import { reportSweep } from '../testing/report-sweeps.js';
import { qemuRow, statedSweep } from '../testing/sample-records.js';
import { FORMATS } from './formats.js';

const OLD = [100, 101, 99, 100.5, 99.5, 160, 99.8, 100.1];
const NEW = OLD.map((value, index) => (value === 160 ? 150 : value * 1.5) * (1 + index / 1000));

const STEADY = [100, 101, 99, 100.5, 99.5, 100.2, 99.8, 100.1];

/** The baseline twice in each block, with one outlier, on one host unless told. */
function twice(hostsMax = 1): SweepRecord {
  const again = OLD.map((value, index) => value * (1 + 0.002 * (index % 4)));
  const values = { old: OLD, new: NEW, 'old.again': again };
  return buildRecord(statedSweep(values, { hostsMax, again: 'old.again' }));
}

function render(name: string, record: SweepRecord): string {
  const format = FORMATS.find((each) => each.name === name);
  assert(format !== undefined);
  return String(format.render({ record, report: analyseSweep(record), options: {} }));
}

test('every format of words has noise floor, reasons and outliers', () => {
  const record = twice();
  for (const name of ['text', 'mail', 'markdown', 'html', 'lkp', 'mmtests', 'gobench']) {
    const page = render(name, record).replaceAll(/\s*\n#?\s*/g, ' ');
    assert.match(page, /smallest change this setup could see tonight/, name);
    const floor =
      /: 0\.\d+%, no smaller one is called a change \(old against itself, \+0\.\d%, 95% CI \+0\.\d% to \+0\.\d%, 8 blocks, which excludes 0: this setup is biased\); 8 blocks of this spread find \S+ or \S+ with 90% power/;
    assert.match(page, floor, name);
    assert.match(page, /outlier \(kept\): old in qemu-smp1\/r6, 160/, name);
  }
  for (const name of ['lkp', 'mmtests', 'gobench']) {
    const page = render(name, record).replaceAll(/\s*\n#?\s*/g, ' ');
    assert.match(page, /slower: the 95% interval excludes 0,/, name);
  }
});

test('KCIDB has the noise floor beside each verdict', () => {
  const { tests } = JSON.parse(render('kcidb', twice())) as {
    readonly tests: readonly {
      readonly path: string;
      readonly misc: { readonly noise_floor?: { readonly kind: string; readonly blocks: number } };
    }[];
  };
  const floors = tests
    .filter(({ path }) => path.endsWith('.verdict'))
    .map(({ misc }) => [misc.noise_floor?.kind, misc.noise_floor?.blocks]);
  assert.deepEqual(floors, [['a-a', 8]]);
});

test('a row without the baseline has its status in the tables of the kernel test robot', () => {
  const rows = [qemuRow(1, { kernels: ['old', 'new'] }), qemuRow(2, { kernels: ['new'] })];
  const text = render('lkp', buildRecord(statedSweep({ old: OLD, new: NEW }, { rows })));
  assert.match(text, /\nqemu-tcg smp 2\n(?: {2,}.*\n)+? {2}row: /);
});

test('a metric in percent has no points where nothing may be compared, or hosts mix', () => {
  const metrics = [{ name: 'hits', unit: '%', direction: 'higher' as const, meaning: '' }];
  const record = (hostsMax: number, vmas: number) =>
    buildRecord({
      ...statedSweep({ old: STEADY, new: STEADY }, { metrics, hostsMax }),
      rows: [
        qemuRow(1, {
          kernels: ['old', 'new'],
          told: (kernel) => ({ line: { vma_count_before: kernel === 'new' ? vmas : 1 } }),
        }),
      ],
      values: ({ kernel, repetition }) => ({
        hits: 50 + (kernel === 'new' ? 5 : 0) + 0.01 * repetition,
      }),
    });
  const change = (text: string) => /^ +[\d.]+ +(\S+) +[\d.]+ +\S+\.hits$/m.exec(text)?.[1];
  assert.equal(change(render('lkp', record(1, 1))), '+5.0');
  assert.equal(change(render('lkp', record(2, 1))), '+10.0%');
  assert.equal(change(render('lkp', record(1, 2))), 'n/a');
});

test('every format of words says which rows could not be put side by side', () => {
  const kernels = ['old', 'new'];
  const rows = [
    qemuRow(1, { kernels, ran: 'qemu-kvm' }),
    { id: 'native-smp1', asked: 'native', ran: 'native', smp: 1, kernels } as const,
  ];
  // Blocks go to the two hosts in turn, so each row has one of its own.
  const record = buildRecord(statedSweep({ old: OLD, new: NEW }, { rows }));
  for (const name of ['text', 'mail', 'markdown', 'html']) {
    const page = render(name, record).replaceAll(/\s+/g, ' ');
    assert.match(
      page,
      /qemu-kvm smp 1 against native smp 1: not put side by side, they ran on different classes of host/,
      name,
    );
  }
});

test('mmtests tables have no percentage over several hosts', () => {
  const percents = (record: SweepRecord): number => {
    const tables = render('mmtests', record).split('\n');
    const statistics = /^(Min|Median|Amean|Max|Stddev|CoeffVar) /;
    return tables.filter((line) => statistics.test(line) && /%[)*]/.test(line)).length;
  };
  assert.equal(percents(twice()), 6);
  assert.equal(percents(twice(2)), 0);
});

test('stars of mmtests stand at the median of what the verdict calls a change, and nowhere else', () => {
  const ns = { unit: 'ns', direction: 'lower', meaning: '' } as const;
  const starred = (factor: number, margin: number): string[] => {
    const record = buildRecord({
      ...statedSweep({ old: STEADY, new: STEADY }, { hostsMax: 1, margin }),
      metrics: [
        { name: 'ns', ...ns },
        { name: 'protect_ns', ...ns },
      ],
      values: ({ kernel, repetition }) => {
        const level = (STEADY[repetition - 1] ?? 0) * (kernel === 'new' ? factor : 1);
        return { ns: level, protect_ns: level / 2 };
      },
    });
    const lines = render('mmtests', record).split('\n');
    return lines.filter((line) => /\*.*%\*/.test(line)).map((line) => line.replace(/ {2,}.*/, ''));
  };
  assert.deepEqual(starred(1.5, 0.02), ['Median']);
  // Its interval excludes 0, and the verdict is "same".
  assert.deepEqual(starred(1.01, 0.02), []);
});

/** Two phases beside the primary metric: the second turn of one drifts, that of the other not. */
function phased(order: 'interleaved' | 'sandwich'): SweepRecord {
  const metrics = ['ns', 'steady', 'drifting'].map((name) => ({
    name,
    unit: 'ns',
    direction: 'lower' as const,
    meaning: '',
  }));
  const values = { old: OLD, new: NEW, 'old.again': OLD };
  return buildRecord({
    ...statedSweep(values, { metrics, hostsMax: 1, again: 'old.again', order }),
    values: ({ kernel, repetition }) => ({
      ns: (kernel === 'new' ? NEW : OLD)[repetition - 1] ?? 0,
      steady: 50 + 0.1 * ((repetition * kernel.length) % 7),
      drifting: (kernel === 'old.again' ? 30.6 : 30) + 0.01 * repetition,
    }),
  });
}

test("the baseline's second turn in other metrics stands beside the floor", () => {
  const numbers =
    /in other metrics: steady -0\.\d% to \+0\.\d%; drifting \+2\.0% to \+2\.0%, which excludes 0/;
  for (const name of ['text', 'markdown', 'html', 'lkp', 'mmtests', 'gobench']) {
    const page = (order: 'interleaved' | 'sandwich') =>
      render(name, phased(order)).replaceAll(/\s*\n#?\s*/g, ' ');
    assert.match(page('interleaved'), numbers, name);
    assert.match(page('interleaved'), /old against itself in other metrics/, name);
    assert.match(page('sandwich'), /drift of old inside blocks in other metrics/, name);
  }
  // And its values stand in the raw series of their metric.
  const series = render('lkp', phased('interleaved')).split('raw series of drifting')[1] ?? '';
  assert.match(series, /\n {4}old\.again: 30\.61\d* 30\.62\d* 30\.63/);
});

test('mmtests tables have the interval of each change, positive for better', () => {
  const record = twice();
  const [, cell] = analyseSweep(record).rows[0]?.metrics[0]?.cells ?? [];
  assert(cell?.comparison.kind === 'compared');
  const { low, high } = cell.comparison.changePercent;
  const text = render('mmtests', record);
  const line = text.split('\n').find((each) => /^CI95 +ns /.test(each)) ?? text;
  const [, worst, best] = /^CI95 +ns +- +\[(-[\d.]+), (-[\d.]+)\]%$/.exec(line) ?? [];
  assert.deepEqual([worst, best], [(-high).toFixed(1), (-low).toFixed(1)], line);
  // Over several hosts it is the one number of a change that stands in the table.
  assert.match(render('mmtests', twice(2)), /\nCI95 +ns +- +\[-[\d.]+, -[\d.]+\]%\n/);
  const metrics = [{ name: 'ops', unit: 'ops/s', direction: 'higher' as const, meaning: '' }];
  const values = ({ kernel, repetition }: { kernel: string; repetition: number }) => ({
    ops: (kernel === 'new' ? NEW : OLD)[repetition - 1] ?? 0,
  });
  const faster = buildRecord({ ...statedSweep({ old: OLD, new: NEW }, { metrics }), values });
  assert.match(render('mmtests', faster), /\nCI95 +ops +- +\[\+[\d.]+, \+[\d.]+\]%\n/);
});

test("the values of the baseline's second turn are in the picture of their row", () => {
  const html = render('html', twice());
  const figure = html.slice(html.indexOf('<figure>'), html.indexOf('</figure>'));
  assert.match(figure, />old\.again {2}\d/);
  // Eight values, the median, and the sign of the legend, in a shape of its own.
  assert.equal(figure.match(/<polygon class="k2"/g)?.length, 10);
});

test('each outlier stands on a line of its own', () => {
  const record = twice();
  assert.match(render('mail', record), /\n {4}- outlier \(kept\): old in qemu-smp1\/r6, 160,/);
  assert.match(render('markdown', record), /\n {2}- outlier \(kept\): old in qemu-smp1\/r6, 160,/);
  assert.match(render('html', record), /<li>outlier \(kept\): old in qemu-smp1\/r6, 160,/);
});

test('gap closed has its bootstrap intervals, with seed and draws', () => {
  for (const name of ['text', 'mail', 'markdown', 'html', 'lkp', 'mmtests']) {
    const page = render(name, reportSweep()).replaceAll(/\s+/g, ' ');
    assert.match(page, /percentile\W.{0,60}?\[[\d.]+%, [\d.]+%\]/, name);
    assert.match(page, /BCa\W.{0,60}?\[[\d.]+%, [\d.]+%\]/, name);
    assert.match(page, /1999 bootstrap draws.{0,45}seed 20260623/, name);
  }
  const short = render('text', reportSweep({ repetitions: 4 }));
  assert.match(short, /Gap closed/);
  assert.doesNotMatch(short, /BCa|bootstrap/);
});
